// What was kept on this device comes back before htmx listens: ask once more what the chosen kind needs.
addEventListener("load", () => {
  const needs = document.querySelector("#needs");
  const path = document.querySelector("#id_path");
  if (needs && path?.value && path.value !== needs.dataset.path) path.dispatchEvent(new Event("change", { bubbles: true }));
});
