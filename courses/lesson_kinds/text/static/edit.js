// The buttons above the text. Without this script the text is typed as Markdown, which is as good.
const MARKS = {
  bold: { before: "**", after: "**" },
  link: { before: "[", after: "](https://)" },
};
const LINES = { heading: "## ", list: "- " };

function put(area, start, end, text, from, to) {
  area.focus();
  area.setSelectionRange(start, end);
  // execCommand keeps the browser's undo; setRangeText is for those that have left it out.
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, start, end, "end");
  area.setSelectionRange(from, to);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function around(area, { before, after }) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const chosen = value.slice(start, end);
  put(area, start, end, before + chosen + after, start + before.length, start + before.length + chosen.length);
}

function lines(area, mark) {
  const { selectionStart, selectionEnd, value } = area;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const next = value.indexOf("\n", selectionEnd);
  const end = next < 0 ? value.length : next;
  const rows = value.slice(start, end).split("\n");
  const marked = rows.every((row) => row.startsWith(mark));
  const text = rows.map((row) => (marked ? row.slice(mark.length) : mark + row)).join("\n");
  put(area, start, end, text, start + text.length, start + text.length);
}

for (const editor of document.querySelectorAll("[data-editor]")) {
  const area = editor.querySelector("[data-markdown]");
  const cursor = area.form.querySelector("[data-cursor]");
  editor.querySelector(".tools").hidden = false;
  editor.addEventListener("click", (event) => {
    const button = event.target.closest("[data-format]");
    if (!button) return;
    const { format, target } = button.dataset;
    if (format in MARKS) around(area, MARKS[format]);
    else if (format in LINES) lines(area, LINES[format]);
    else document.getElementById(target).click();
  });
  // Where the picture goes: the cursor, counted in characters as the server counts them.
  if (cursor) area.addEventListener("blur", () => { cursor.value = [...area.value.slice(0, area.selectionStart)].length; });
}

// How it will look: read anew from the page each time it has been saved.
const preview = document.querySelector("[data-preview]");
const saved = document.getElementById("saved");
if (preview && saved) {
  new MutationObserver(async () => {
    const response = await fetch(location.pathname, { credentials: "same-origin" }).catch(() => null);
    if (!response?.ok || response.redirected) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-preview]");
    if (fresh) preview.replaceChildren(...fresh.childNodes);
  }).observe(saved, { childList: true });
}
