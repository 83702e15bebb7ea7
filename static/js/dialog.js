// Links to #some-dialog open it as a real modal. Without this script :target shows the same dialog.
// Links to a .drawer keep :target; here they only gain Escape and the way back for focus.
document.addEventListener("click", (event) => {
  const close = event.target.closest("dialog [data-close]");
  if (close) {
    event.preventDefault();
    close.closest("dialog").close();
    return;
  }
  const link = event.target.closest('a[href^="#"]');
  const target = link?.hash.length > 1 && document.getElementById(link.hash.slice(1));
  if (target?.tagName !== "DIALOG" || target.open) return;
  event.preventDefault();
  target.showModal();
});

// A menu closes when the click falls beside it.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    return;
  }
  const drawer = document.querySelector(".drawer:target");
  if (!drawer) return;
  const opener = document.querySelector(`.drawer-open[href="#${drawer.id}"]`);
  location.hash = "isi";
  opener?.focus();
});

// Back from a dialog that :target opened on another page.
if (location.hash.length > 1) {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.tagName === "DIALOG" && !target.open) {
    history.replaceState(null, "", location.pathname + location.search);
    target.showModal();
  }
}
