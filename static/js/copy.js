// Copies the value beside a copy button. Without a script the button stays hidden.
(() => {
  "use strict";

  const show = (root) => {
    root.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
  };

  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-copy]");
    if (!button) return;
    const source = button.parentElement.querySelector("[data-copy-source]");
    if (!source) return;
    await navigator.clipboard.writeText(source.textContent.trim());
    document.dispatchEvent(new CustomEvent("announce", { detail: "Copied." }));
  });

  document.addEventListener("htmx:load", (event) => show(event.detail.elt));
  show(document);
})();
