// Sends what a learner does, and keeps it on this device until it has arrived. One box per attempt, by `name`.
// A newer item of the same `id` takes the place of the older one, so the box never holds more than there are questions.
// Events: "sending", "sent" (detail: the answer), "offline", "refused" (detail: the sentence), "signedout".
const RETRY = [2000, 4000, 8000, 15000, 30000];

export class Outbox extends EventTarget {
  #items = {};
  #busy = null;
  #failures = 0;
  #timer;

  constructor({ name, url, token }) {
    super();
    // "keep:" so that app.js forgets it when the person signs out of a shared computer.
    this.key = `keep:outbox:${name}`;
    this.url = url;
    this.token = token;
    this.#items = this.#read();
    addEventListener("online", () => this.flush());
    addEventListener("pageshow", () => this.flush());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.flush(); });
  }

  get items() { return { ...this.#items }; }
  get size() { return Object.keys(this.#items).length; }

  put(id, data) {
    this.keep(id, data);
    return this.flush();
  }

  // Put in without sending: something else carries it, and may fail.
  keep(id, data) {
    // Another tab may have put something in as well.
    this.#items = { ...this.#read(), ...this.#items, [id]: data };
    this.#write();
  }

  clear() {
    this.#items = {};
    this.#write();
  }

  // Everything, one after the other; true when nothing is left. Two callers share one run.
  flush() {
    this.#busy ??= this.#send().finally(() => { this.#busy = null; });
    return this.#busy;
  }

  // When the page goes: what is left is handed to the browser, which sends it without us. It stays here until it is known to have arrived.
  leave() {
    for (const data of Object.values(this.#items)) this.#post(data, true).catch(() => {});
  }

  async #send() {
    clearTimeout(this.#timer);
    for (let id; (id = Object.keys(this.#items)[0]) !== undefined;) {
      const data = this.#items[id];
      this.dispatchEvent(new Event("sending"));
      let response;
      try {
        response = await this.#post(data, false);
      } catch {
        return this.#later();
      }
      if (response.status === 401 || response.redirected || response.status === 403) {
        this.dispatchEvent(new Event("signedout"));
        return false;
      }
      if (response.status >= 500 || response.status === 429) return this.#later();
      this.#failures = 0;
      const answer = await response.json().catch(() => ({}));
      if (this.#items[id] === data) delete this.#items[id];
      this.#write();
      if (response.ok) this.dispatchEvent(new CustomEvent("sent", { detail: { id, data, answer } }));
      else this.dispatchEvent(new CustomEvent("refused", { detail: answer.title ?? answer.detail ?? "" }));
    }
    return true;
  }

  #later() {
    this.dispatchEvent(new Event("offline"));
    const wait = RETRY[Math.min(this.#failures, RETRY.length - 1)];
    this.#failures += 1;
    this.#timer = setTimeout(() => this.flush(), wait);
    return false;
  }

  #post(data, keepalive) {
    return fetch(this.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify(data),
      credentials: "same-origin",
      keepalive,
      signal: keepalive ? undefined : AbortSignal.timeout?.(20000),
    });
  }

  // Storage may be full or closed; then the box lives as long as the page.
  #read() {
    try { return JSON.parse(localStorage.getItem(this.key)) ?? {}; } catch { return {}; }
  }

  #write() {
    try {
      if (this.size) localStorage.setItem(this.key, JSON.stringify(this.#items));
      else localStorage.removeItem(this.key);
    } catch { /* see above */ }
  }
}

// The clock of the server: what the page says of it, against this device's clock at the moment when that page came. Devices are often
// minutes off, and a player that loads on tap asks long after. (Not by performance.timeOrigin: it falls behind Date by as long as a phone slept.)
export const serverClock = (nowOnPage) => {
  const came = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  const ahead = Number(nowOnPage) - (Date.now() - performance.now() + came);
  return () => Math.round(Date.now() + ahead);
};

export const clockText = (date = new Date()) =>
  [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(".");
