// Forms of the desk: focus goes to the first control of a fresh form, and in a list of choices a letter picks the
// next choice that begins with it, so that closing a lead takes three keys. Without a script nothing is missing.
(() => {
  "use strict";

  const map = document.querySelector("[data-keys]");
  const choices = [...document.querySelectorAll("main input[type=radio]")];
  const first = document.querySelector("main .desk-form :is(input:not([type=hidden]), textarea, select)");
  if (first && !document.querySelector(".usa-error-message, [role=alert]")) first.focus({ preventScroll: true });
  if (!choices.length || (map && map.dataset.keys !== "on")) return;

  const label = (choice) => document.querySelector(`label[for="${choice.id}"]`)?.textContent.trim().toLowerCase() || "";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !/^[a-z]$/i.test(event.key)) return;
    const at = choices.indexOf(document.activeElement);
    if (at < 0) return;
    const after = [...choices.slice(at + 1), ...choices.slice(0, at + 1)];
    // The first press may stand on the right choice already: an unchecked focus counts as not chosen yet.
    const order = choices[at].checked ? after : [choices[at], ...after];
    const found = order.find((choice) => label(choice).startsWith(event.key.toLowerCase()));
    if (!found) return;
    found.checked = true;
    found.focus();
    event.preventDefault();
  });
})();
