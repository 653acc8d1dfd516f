// The keyboard map of the desk (docs: /help). Every key does what a visible link or button on the page does:
// it only finds that control by its data-key and presses it. Off inside fields, off by one switch for good.
(() => {
  "use strict";

  const settings = document.querySelector("[data-keys]");
  if (!settings) return;
  let on = settings.dataset.keys === "on";

  const rows = () => [...document.querySelectorAll("[data-row]")];
  const say = (text) => document.dispatchEvent(new CustomEvent("announce", { detail: text }));
  const typing = (target) =>
    target instanceof Element && target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  function currentRow() {
    return document.activeElement instanceof Element ? document.activeElement.closest("[data-row]") : null;
  }

  function moveRow(step) {
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(currentRow());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)] || all[0];
    const link = next.querySelector("a[href]");
    if (link) {
      link.focus();
      next.scrollIntoView({ block: "nearest" });
    }
    return true;
  }

  function press(key) {
    const row = currentRow();
    const found = (row && row.querySelector(`[data-key="${key}"]`)) || document.querySelector(`[data-key="${key}"]:not([data-row] *)`);
    if (!found) return false;
    const control = found.matches("a, button, input, summary") ? found : found.querySelector("button, a, input");
    if (!control) return false;
    if (control.disabled) {
      say(control.dataset.why || "This cannot be done now; the reason stands beside the button.");
      return true;
    }
    if (control.matches("input")) control.focus();
    else control.click();
    return true;
  }

  const acts = {
    j: () => moveRow(1),
    k: () => moveRow(-1),
    o: () => { const row = currentRow(); const link = row && row.querySelector("a[href]"); if (link) link.click(); return Boolean(link); },
    "?": () => { const help = document.getElementById("keys"); if (help) { help.open = !help.open; help.querySelector("summary").focus(); } return Boolean(help); },
  };

  let waitingForPlace = false;

  document.addEventListener("keydown", (event) => {
    if (!on || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (typing(event.target)) return;
    if (waitingForPlace) {
      waitingForPlace = false;
      if (press(`g${event.key}`)) event.preventDefault();
      return;
    }
    if (event.key === "g") { waitingForPlace = true; return; }
    const act = acts[event.key] || (/^[a-z/]$/.test(event.key) ? () => press(event.key) : null);
    if (act && act()) event.preventDefault();
  });

  document.addEventListener("htmx:load", () => { on = (document.querySelector("[data-keys]") || settings).dataset.keys === "on"; });
})();
