// Signing a batch: the form works by itself, a few seconds at a press. This script presses for the person until nothing is left,
// with a bar that fills. The passphrase stays in its field and goes with each request; it is emptied when the work ends.
const form = document.querySelector("[data-sign]");

const words = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

async function signSome(body) {
  const answer = await fetch(form.action, {
    method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin",
  });
  if (answer.redirected) throw new Error("away");
  const told = await answer.json();
  return answer.ok ? told : { signed: 0, failed: [], stopped: told.title };
}

async function signAll() {
  const box = form.querySelector("[data-progress]");
  const [bar, status, list] = [box.querySelector("progress"), box.querySelector("[role=status]"), box.querySelector("ul")];
  const secret = form.elements.secret;
  const total = Number(form.dataset.sign);
  const button = form.querySelector("button");
  let [done, failed, after] = [0, 0, 0];
  button.disabled = true;
  box.hidden = false;
  list.replaceChildren();
  const say = (text) => { status.textContent = text; };
  say(words(form.dataset.signed, { done, total }));
  try {
    for (;;) {
      const body = new FormData(form);
      body.set("after", after);
      const told = await signSome(body);
      done += told.signed;
      failed += told.failed.length;
      for (const { number, reason } of told.failed) {
        const row = document.createElement("li");
        row.textContent = `${number}: ${reason}`;
        list.append(row);
      }
      bar.value = done;
      say(words(form.dataset.signed, { done, total }));
      if (told.stopped) {
        say(`${told.stopped} ${words(form.dataset.signed, { done, total })}`);
        secret.setAttribute("aria-invalid", "true");
        break;
      }
      if (told.after === after || (!told.signed && !told.failed.length)) {
        say(words(form.dataset.over, { done }) + (failed ? ` ${words(form.dataset.left, { failed })}` : ""));
        break;
      }
      after = told.after;
    }
  } catch {
    say(form.dataset.lost);
  }
  secret.value = "";
  button.disabled = false;
  if (done + failed < total) secret.focus();
}

form?.addEventListener("submit", (event) => {
  if (!form.elements.secret.value) return;
  event.preventDefault();
  signAll();
});
