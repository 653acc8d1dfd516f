// Copies the value beside a copy button. Without a script the button stays hidden.
(() => {
  "use strict";

  const show = (root) => {
    root.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
  };

  const copy = async (button) => {
    const source = button.parentElement.querySelector("[data-copy-source]");
    if (!source) return;
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
    } catch {
      // the browser keeps its clipboard to itself: the number stands there all the same
      document.dispatchEvent(new CustomEvent("announce", { detail: "Shown, not copied." }));
      return;
    }
    document.dispatchEvent(new CustomEvent("announce", { detail: "Copied." }));
  };

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-copy]");
    if (button) copy(button);
  });

  document.addEventListener("htmx:load", (event) => {
    show(event.detail.elt);
    const button = event.detail.elt.querySelector('[data-copy="at once"]');
    if (!button) return;
    button.focus({ preventScroll: true });
    copy(button);
  });
  show(document);
})();
