// Security keys: unlocks a page in place, and says so when a key did not answer, on the sign-in library's pages too.
// Where the browser cannot read the server's challenge by itself, the lock offers the password alone.
(() => {
  "use strict";

  function silent(form) {
    let said = form.querySelector("[data-key-silent]");
    if (!said) {
      said = document.createElement("p");
      said.className = "usa-error-message";
      said.setAttribute("role", "alert");
      said.dataset.keySilent = "";
      form.append(said);
    }
    said.textContent = "The key did not answer. Put it in, choose again, and touch it when it blinks.";
  }

  document.addEventListener("allauth.error", (event) => {
    const form = document.activeElement?.closest("form") ?? document.querySelector("main form");
    if (form) {
      event.preventDefault();
      silent(form);
    }
  });

  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;

  function offer() {
    for (const part of document.querySelectorAll("[data-unlock-key-part]")) part.hidden = false;
  }

  async function unlock(button) {
    const asked = JSON.parse(button.dataset.unlockKey);
    try {
      const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.publicKey) });
      button.form.elements.credential.value = JSON.stringify(credential);
      button.form.requestSubmit();
    } catch {
      silent(button.form);
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unlock-key]");
    if (button) unlock(button);
  });
  document.addEventListener("htmx:afterSwap", offer);
  offer();
})();
