// <form data-autosave="#saved">: what is written goes to the server a second after the last key, and a line says when it stood.
// Files are left to the button: they go once, when the person means it. Without this script the button saves as ever.
const WAIT = 1200;

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const line = document.querySelector(form.dataset.autosave);
  let timer = null;
  let sending = false;
  let again = false;
  let leaving = false;

  // The answer is the line itself, and templates for other places: <template data-into="id">.
  function show(html) {
    const box = document.createElement("template");
    box.innerHTML = html;
    for (const part of box.content.querySelectorAll("template[data-into]")) {
      document.getElementById(part.dataset.into)?.replaceChildren(part.content);
      part.remove();
    }
    line.replaceChildren(box.content);
  }

  const holdsFile = () => [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length > 0);

  async function save() {
    if (leaving) return;
    if (holdsFile()) {
      line.textContent = line.dataset.file;
      return;
    }
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    const data = new FormData(form);
    data.delete("idempotency_key"); // the same form goes many times
    for (const input of form.querySelectorAll("input[type=file]")) data.delete(input.name);
    data.append("autosave", "1");
    try {
      const answer = await fetch(location.pathname, {
        method: "POST", body: data, headers: { "HX-Request": "true", "HX-Target": "saved" }, credentials: "same-origin",
      });
      if (answer.redirected) throw new Error(line.dataset.out);
      if (!answer.ok) throw new Error(answer.status === 409 ? await answer.text() : "");
      if (!leaving) show(await answer.text());
    } catch (error) {
      line.textContent = error.message && !error.message.includes("<") && !(error instanceof TypeError) ? error.message : line.dataset.failed;
    } finally {
      sending = false;
    }
    if (again) {
      again = false;
      save();
    }
  }

  const soon = (event) => {
    if (event.target?.type === "file" && !holdsFile()) return;
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  // A tab that is put away may never come back.
  addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || timer === null) return;
    clearTimeout(timer);
    timer = null;
    save();
  });
}
