// Adds, moves and removes questions and options at once. Without this script the same buttons save the page and do it on the server.
const box = document.querySelector("[data-questions]");
const list = box.querySelector("[data-list]");
const blank = box.querySelector("[data-blank]");
const told = box.querySelector("[data-said]");
const rows = () => [...list.children];
// randomUUID needs https or localhost; where there is neither, the server's buttons do it.
const canMake = typeof crypto.randomUUID === "function";

function rename(node, from, to) {
  for (const element of [node, ...node.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes(from)) element.setAttribute(name, value.replaceAll(from, to));
    }
  }
}

function settle() {
  const all = rows();
  all.forEach((row, i) => {
    for (const place of row.querySelectorAll("[data-number]")) place.textContent = i + 1;
    row.querySelector('[data-move="up"]').disabled = i === 0;
    row.querySelector('[data-move="down"]').disabled = i === all.length - 1;
  });
  box.closest("form")?.dispatchEvent(new Event("input", { bubbles: true }));
}

function freshOption(option) {
  const copy = option.cloneNode(true);
  rename(copy, option.dataset.option, crypto.randomUUID());
  for (const input of copy.querySelectorAll("input:not([type=hidden]), textarea")) {
    if (input.type === "checkbox" || input.type === "radio") input.checked = false;
    else input.value = "";
  }
  return copy;
}

function add(kind) {
  const row = blank.content.firstElementChild.cloneNode(true);
  for (const option of row.querySelectorAll("[data-option]")) rename(option, option.dataset.option, crypto.randomUUID());
  rename(row, row.dataset.row, crypto.randomUUID());
  row.querySelector('[name$="-type"]').value = kind;
  if (kind === "multiple") {
    for (const input of row.querySelectorAll('[name$="-right"]')) input.type = "checkbox";
    row.querySelector("fieldset legend").textContent = blank.dataset.several;
  }
  list.append(row);
  settle();
  row.querySelector("textarea").focus();
}

box.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest("[data-row]");
  const { move, add: kind } = button.dataset;
  if (kind && canMake) add(kind);
  else if (move) {
    const other = move === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (other) other[move === "up" ? "before" : "after"](row);
    settle();
    told.textContent = told.dataset.moved.replace("{N}", rows().indexOf(row) + 1).replace("{ALL}", rows().length);
    (button.disabled ? row.querySelector("[data-move]:enabled") : button)?.focus();
  } else if ("remove" in button.dataset) {
    const near = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    settle();
    told.textContent = told.dataset.removed;
    (near?.querySelector("textarea") ?? box.querySelector("[data-add]")).focus();
  } else if ("drop" in button.dataset) {
    button.closest("[data-option]").remove();
    settle();
    row.querySelector("[data-more]").focus();
  } else if ("more" in button.dataset && canMake) {
    const last = row.querySelector("[data-options]").lastElementChild ?? blank.content.querySelector("[data-option]");
    const copy = freshOption(last);
    if (!last.isConnected) rename(copy, blank.content.firstElementChild.dataset.row, row.dataset.row);
    row.querySelector("[data-options]").append(copy);
    settle();
    copy.querySelector(".input").focus();
  } else return;
  event.preventDefault();
});
