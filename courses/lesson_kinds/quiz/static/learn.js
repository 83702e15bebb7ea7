// One question at a time, each answer saved as it is given. Without this script the whole quiz is one form with one button.
const quiz = document.querySelector("[data-quiz]");
const said = quiz.dataset;
const { Outbox, serverClock, clockText } = await import(said.outbox);

const form = quiz.querySelector("#quiz-form");
const questions = [...form.querySelectorAll("[data-question]")];
const links = [...quiz.querySelectorAll(".map a")];
const find = (name) => quiz.querySelector(`[data-${name}]`);
const now = serverClock(said.now);
const box = new Outbox({ name: `quiz:${said.person}:${said.go}`, url: said.url, token: form.elements.csrfmiddlewaretoken.value });
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
const inputs = (question) => [...question.querySelectorAll(".choice input")];
const chosen = (question) => inputs(question).filter((input) => input.checked).map((input) => input.value);
const isMarked = (question) => question.querySelector("[data-mark]").getAttribute("aria-pressed") === "true";
let current = 0;
let leaving = false;

// ── What is shown ───────────────────────────────────────────────────────────────────────────────────────────────────
function show(number, { focus = true } = {}) {
  current = Math.max(0, Math.min(number, questions.length - 1));
  questions.forEach((question, i) => { question.hidden = i !== current; });
  links.forEach((link, i) => {
    if (i === current) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  });
  for (const button of form.querySelectorAll("[data-step]")) {
    const to = current + Number(button.dataset.step) + 1;
    button.hidden = to < 1 || to > questions.length;
    button.querySelector("span").textContent = fill(said.to, { N: to });
  }
  if (focus) questions[current].focus({ preventScroll: true });
}

function count() {
  const answered = questions.map((question) => chosen(question).length > 0);
  questions.forEach((question, i) => {
    const marked = isMarked(question);
    links[i].toggleAttribute("data-done", answered[i]);
    links[i].toggleAttribute("data-flag", marked);
    const words = [answered[i] ? said.saidAnswered : said.saidOpen, ...(marked ? [said.saidMarked] : [])];
    links[i].querySelector(".hide").textContent = `, ${words.join(", ")}`;
  });
  const done = answered.filter(Boolean).length;
  const marked = questions.filter(isMarked).length;
  const put = (name, N) => { quiz.querySelector(`[data-count="${name}"]`).textContent = fill(said[name], { N }); };
  put("answered", done);
  put("flagged", marked);
  put("left", questions.length - done);
  const open = find("unanswered");
  open.hidden = done === questions.length;
  if (!open.hidden) open.textContent = fill(said.unansweredText, { N: questions.length - done });
}

function mark(question, on) {
  const button = question.querySelector("[data-mark]");
  button.setAttribute("aria-pressed", String(on));
  button.value = (on ? "-" : "+") + question.dataset.question;
  button.querySelector("span").textContent = on ? said.unflag : said.flag;
}

function choose(question, options, at) {
  question.dataset.at = at;
  for (const input of inputs(question)) input.checked = options.includes(input.value);
}

function savedText(text, tone = "") {
  const place = find("saved-at");
  let words = place.querySelector("span");
  if (!words) place.append(words = document.createElement("span"));
  words.textContent = text;
  place.hidden = !text;
  if (tone) place.dataset.tone = tone;
  else delete place.dataset.tone;
  const drawing = place.querySelector("svg");
  if (drawing) drawing.toggleAttribute("hidden", tone !== "");
}

// ── What is sent ────────────────────────────────────────────────────────────────────────────────────────────────────
function answer(question) {
  const uid = question.dataset.question;
  const at = now();
  question.dataset.at = at;
  box.put(uid, { go: said.go, at, answer: { [uid]: chosen(question) } });
}

form.addEventListener("change", (event) => {
  const question = event.target.closest("[data-question]");
  if (!question || !event.target.closest(".choice")) return;
  answer(question);
  count();
});

form.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) {
    show(current + Number(step.dataset.step));
    quiz.scrollIntoView({ block: "start" });
    return;
  }
  const button = event.target.closest("[data-mark]");
  if (!button) return;
  event.preventDefault();
  const question = button.closest("[data-question]");
  const on = !isMarked(question);
  mark(question, on);
  count();
  box.put(`mark:${question.dataset.question}`, { go: said.go, mark: { [question.dataset.question]: on } });
});

quiz.querySelector(".map").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  show(links.indexOf(link));
  quiz.scrollIntoView({ block: "start" });
});

box.addEventListener("sending", () => savedText(said.sending, "info"));
box.addEventListener("sent", ({ detail: { answer: given } }) => {
  const time = clockText();
  savedText(fill(said.saved, { TIME: time }));
  find("last").hidden = false;
  find("last-time").textContent = time;
  find("offline").hidden = true;
  if (given.finished && !leaving) location.reload(); // time was up, or another device handed in
});
function lost() {
  const note = quiz.querySelector(".note[data-offline]");
  note.hidden = false;
  savedText(note.querySelector("h2").textContent, "warn");
}
box.addEventListener("offline", lost);
// This page says it in its own place, so the note that floats on every page is not needed here.
addEventListener("offline", (event) => {
  event.stopImmediatePropagation();
  lost();
}, { capture: true });
addEventListener("online", () => { quiz.querySelector(".note[data-offline]").hidden = true; });
box.addEventListener("signedout", () => {
  const note = find("signedout");
  note.hidden = false;
  savedText(note.querySelector("h2").textContent, "warn");
});
box.addEventListener("refused", ({ detail }) => {
  find("refused").hidden = false;
  find("refused-text").textContent = detail;
});

// Handing in waits until every answer has arrived; the form itself then carries no answers, so nothing newer is overwritten.
form.addEventListener("submit", async (event) => {
  if (leaving) return;
  event.preventDefault();
  if (event.submitter?.name !== "hand_in") return; // Enter on an option: it is saved already
  document.getElementById("kirim").close?.();
  if (!(await box.flush())) return;
  handIn();
});

function handIn() {
  leaving = true;
  for (const element of form.querySelectorAll(".choice input, [name=asked]")) element.disabled = true;
  const end = document.createElement("input");
  end.type = "hidden";
  end.name = "hand_in";
  end.value = "1";
  form.append(end);
  form.submit();
}

// ── Other tabs and devices: what is newer there is shown here. ──────────────────────────────────────────────────────
async function look() {
  if (leaving || box.size) return;
  const response = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const there = page.querySelector("[data-quiz]");
  if (there?.dataset.go !== said.go) {
    if (page.querySelector("main")) location.reload();
    return;
  }
  for (const other of there.querySelectorAll("[data-question]")) {
    const question = questions.find((one) => one.dataset.question === other.dataset.question);
    if (!question || Number(other.dataset.at) <= Number(question.dataset.at)) continue;
    choose(question, chosen(other), other.dataset.at);
    mark(question, isMarked(other));
  }
  count();
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
addEventListener("storage", (event) => { if (event.key === box.key && !event.newValue) look(); });

// ── Time ────────────────────────────────────────────────────────────────────────────────────────────────────────────
function tick() {
  const left = Math.max(0, Math.ceil((Number(said.deadline) - now()) / 1000));
  const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  find("timer").textContent = (parts[0] ? parts : parts.slice(1)).map((part) => String(part).padStart(2, "0")).join(".");
  const soon = find("soon");
  const words = left === 0 ? said.over : left <= 60 ? said.soonOne : left <= 300 ? said.soonFive : "";
  if (soon.textContent !== words) soon.textContent = words;
  if (left > 0) return;
  clearInterval(ticking);
  if (!leaving) box.flush().then((sent) => { if (sent) handIn(); });
}
const ticking = said.deadline ? setInterval(tick, 1000) : 0;
if (said.deadline) tick();

// ── Begin ───────────────────────────────────────────────────────────────────────────────────────────────────────────
// Chosen before this script had come over a thin line: the page shows it, and nobody has sent it yet.
for (const question of questions) {
  if (inputs(question).some((input) => input.checked !== input.defaultChecked)) answer(question);
}
// What this device still holds (the tab was killed, the session had ended) is newer than what the server printed.
for (const data of Object.values(box.items)) {
  for (const [uid, options] of Object.entries(data.answer ?? {})) {
    const question = questions.find((one) => one.dataset.question === uid);
    if (question && data.at > Number(question.dataset.at)) choose(question, options, data.at);
  }
  for (const [uid, on] of Object.entries(data.mark ?? {})) {
    const question = questions.find((one) => one.dataset.question === uid);
    if (question) mark(question, on);
  }
}
find("steps").hidden = false;
find("whole").hidden = true;
const asked = /^#soal-(\d+)$/.exec(location.hash);
show(asked ? Number(asked[1]) - 1 : Number(said.current) - 1, { focus: false });
count();
box.flush();
