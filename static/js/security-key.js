// Security keys (WebAuthn). allauth's script speaks with the key; this tells it the parts of our page, and the person when nothing came of it.
const place = document.querySelector("[data-key]");
const said = place.querySelector("[data-no-answer]");
const { button, credential } = place.dataset;

window.allauth.webauthn.forms[place.dataset.key]({ ids: { add: button, authenticate: button, credential, data: "js_data" } });
document.getElementById(button).addEventListener("click", () => { said.hidden = true; });
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  said.hidden = false;
});
