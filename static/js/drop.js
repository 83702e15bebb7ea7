// A file dropped anywhere on the page goes into the form that waits for it, and is sent at once.
const form = document.querySelector("form[data-drop]");
const input = form?.querySelector("input[type=file]");
const carriesFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

if (input) {
  addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    form.toggleAttribute("data-over", true);
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.removeAttribute("data-over");
  });
  addEventListener("drop", (event) => {
    if (!carriesFile(event) || !event.dataTransfer.files.length) return;
    event.preventDefault();
    form.removeAttribute("data-over");
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
