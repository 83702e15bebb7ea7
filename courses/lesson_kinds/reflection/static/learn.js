// Keeps the draft while it is typed, on the server and on this device. Without this script "Save as a draft" does.
const form = document.querySelector("[data-reflection]");
const said = form.dataset;
const { Outbox, serverClock, clockText } = await import(said.outbox);
const area = form.elements.text;
const line = form.querySelector("[data-line]");
const now = serverClock(said.now);
const box = new Outbox({
  name: `reflection:${said.person}:${said.place}:${said.lesson}`, url: said.url, token: form.elements.csrfmiddlewaretoken.value,
});
let timer;

const kept = box.items.draft;
// Typed before this script had come over a thin line: newer than anything kept.
const isTyped = area.value !== area.defaultValue;
if (kept && kept.at > Number(said.at) && !isTyped) area.value = kept.draft;

function count() {
  form.querySelector("[data-words]").textContent = said.count.replace("{N}", area.value.split(/\s+/).filter(Boolean).length);
}

const draft = () => ({ draft: area.value, at: now() });

function keep() {
  clearTimeout(timer);
  timer = null;
  return box.put("draft", draft());
}

area.addEventListener("input", () => {
  count();
  clearTimeout(timer);
  timer = setTimeout(keep, 1500);
});
box.addEventListener("sent", () => { line.textContent = said.saved.replace("{TIME}", clockText()); });
box.addEventListener("offline", () => { line.textContent = said.offline; });
box.addEventListener("signedout", () => { line.textContent = said.out; });
box.addEventListener("refused", ({ detail }) => { line.textContent = detail; });
// The form carries the whole text, so nothing else needs to arrive before it; if it is not taken (no connection, signed out),
// the draft stays in the box, also what was typed a moment ago.
form.addEventListener("submit", () => {
  clearTimeout(timer);
  timer = null;
  box.keep("draft", draft());
});
addEventListener("pagehide", () => {
  if (!timer) return;
  keep();
  box.leave();
});
form.querySelector("[data-plain]").hidden = true;
count();
if (isTyped) keep();
else box.flush();
