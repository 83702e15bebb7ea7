// What every page gains: one send per click, typed text that survives, and honest words about the connection.
const body = document.body;
const said = body.dataset;

// ── One send per click. The server would recognise the second one anyway; this spares the person the doubt. ─────────
const busy = (form, is) => {
  form.toggleAttribute("data-busy", is);
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    if (is) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
};

addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method")?.toLowerCase() !== "post" || event.defaultPrevented) return;
  if (form.hasAttribute("data-busy")) event.preventDefault();
  // After this tick, so that the pressed button's own name and value are still sent.
  else setTimeout(() => {
    if (event.defaultPrevented || form.hasAttribute("hx-post") || form.hasAttribute("data-again")) return;
    busy(form, true);
    // A file that downloads leaves this page standing.
    setTimeout(() => busy(form, false), 8000);
  });
});

addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-busy]")) busy(form, false);
});

// ── <form data-keep="name">: what is typed stays on this device until the form has been sent and accepted. ──────────
const PREFIX = "keep:";
const SKIP = new Set(["csrfmiddlewaretoken", "idempotency_key"]);
const place = (form) => `${PREFIX}${said.person ?? ""}:${location.pathname}:${form.dataset.keep}`;
const typed = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !SKIP.has(name));

const store = {
  // Storage may be full or closed; the form works without it.
  put(key, value) { try { localStorage.setItem(key, value); } catch { /* see above */ } },
  take(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* see above */ } },
  keys() { try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } },
};

// Accepted means: we came here straight from the form, and nothing on this page says no. The sign-in page says nothing
// about the form, so the text waits for its return.
function settleSent() {
  const refused = location.pathname === said.signIn || document.querySelector('main [role="alert"], [data-refused]');
  const came = performance.getEntriesByType("navigation")[0]?.type === "navigate" && document.referrer
    ? new URL(document.referrer).pathname : "";
  for (const key of store.keys().filter((name) => name.endsWith(":sent"))) {
    const from = store.take(key);
    store.drop(key);
    if (!refused && from === came) store.drop(key.slice(0, -":sent".length));
  }
}

function restore(form, pairs) {
  const kept = new Map();
  for (const [name, value] of pairs) kept.set(name, [...(kept.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || SKIP.has(field.name) || ["hidden", "password", "file"].includes(field.type)) continue;
    const values = kept.get(field.name) ?? [];
    if (field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.type === "radio") field.checked = values.length ? values.includes(field.value) : field.checked;
    else if (field.type === "select-multiple") for (const option of field.options) option.selected = values.includes(option.value);
    else if (values.length) field.value = values.shift();
  }
  form.dispatchEvent(new CustomEvent("kept", { bubbles: true }));
}

function keepForm(form) {
  const key = place(form);
  const kept = store.take(key);
  // After a refusal the server itself has printed what was typed.
  if (kept && !form.querySelector("[data-errors]")) restore(form, kept);
  let timer;
  const keep = () => store.put(key, JSON.stringify(typed(form)));
  // What changes something that exists is kept only from the click on: given up half-way, it must not come back as if it stood.
  if (form.dataset.keepFrom !== "click") form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 300);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep();
    store.put(`${key}:sent`, JSON.stringify(location.pathname));
  });
}

settleSent();
for (const form of document.querySelectorAll("form[data-keep]")) keepForm(form);

// A shared computer forgets when its person leaves.
addEventListener("submit", ({ target }) => {
  if (said.signOut && new URL(target.getAttribute("action") ?? "", location.href).pathname === said.signOut) store.keys().forEach(store.drop);
});

// ── The summary of what needs fixing is read first. ─────────────────────────────────────────────────────────────────
document.querySelector("[data-errors]")?.focus();

// ── Notes that float. ───────────────────────────────────────────────────────────────────────────────────────────────
function toast(text, { lasting = false } = {}) {
  document.querySelector(".toast[data-own]")?.remove();
  const box = document.createElement("div");
  box.className = "toast";
  box.dataset.own = "";
  box.setAttribute("role", "status");
  const words = document.createElement("span");
  box.append(words);
  if (!lasting) {
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn";
    close.dataset.kind = "quiet";
    close.dataset.size = "small";
    close.textContent = said.close;
    close.addEventListener("click", () => box.remove());
    box.append(close);
  }
  body.append(box);
  // Written after it stands, so that it is read aloud.
  requestAnimationFrame(() => { words.textContent = text; });
  return box;
}

// Other scripts speak with dispatchEvent(new CustomEvent("say", { detail: text })).
addEventListener("say", ({ detail }) => toast(detail));

let offline;
addEventListener("offline", () => { offline = toast(said.offline, { lasting: true }); });
addEventListener("online", () => offline?.remove());

// ── htmx: refusals, lost connections, and a session that ended. ─────────────────────────────────────────────────────
const signIn = () => {
  location.assign(`${said.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
};

addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = event.detail;
  const landed = xhr.responseURL && new URL(xhr.responseURL).pathname;
  if (xhr.status !== 401 && !(said.signIn && landed === said.signIn && location.pathname !== said.signIn)) return;
  event.preventDefault();
  signIn();
});

addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  const plain = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
  toast(plain && xhr.responseText ? xhr.responseText : said.failed);
});
addEventListener("htmx:sendError", () => toast(navigator.onLine ? said.failed : said.offline));
addEventListener("htmx:afterSettle", ({ target }) => {
  target.querySelector?.("[data-errors]")?.focus();
});
