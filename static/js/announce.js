// Speaks what a partial change of the page led to: the server puts the sentence into a
// data-announce attribute, or into the HX-Trigger event "announce".
(() => {
  "use strict";

  const region = () => document.getElementById("announcements");

  function announce(text) {
    const target = region();
    if (!target || !text) return;
    target.textContent = "";
    // A new text node on the next frame, so that the same sentence is spoken twice.
    requestAnimationFrame(() => { target.textContent = text; });
  }

  document.addEventListener("announce", (event) => {
    const detail = event.detail || {};
    announce(typeof detail === "string" ? detail : detail.value || detail.text);
  });

  document.addEventListener("htmx:load", (event) => {
    const element = event.detail.elt;
    if (!(element instanceof Element) || element === document.body) return;
    const source = element.matches("[data-announce]") ? element : element.querySelector("[data-announce]");
    if (source) announce(source.dataset.announce);
  });

  // What the last act led to came with the page; a live region speaks what changes in it, so it is put in once more.
  window.addEventListener("load", () => requestAnimationFrame(() => {
    for (const said of document.querySelectorAll("#messages .usa-alert__text")) said.replaceChildren(...said.childNodes);
  }));

  const failed = "The page could not be brought up to date. Load it again.";
  // A part that works in the background says by itself, and quietly, what its failure means.
  function tell(event) {
    const own = event.detail.elt.dataset.failed;
    if (own) event.detail.elt.textContent = own;
    else announce(failed);
  }

  document.addEventListener("htmx:responseError", tell);
  document.addEventListener("htmx:sendError", tell);
})();
