// The keyboard map of the desk. Every key does what a visible link or button on the page does: it only finds that
// control by its data-key and presses it. Off inside fields; one switch on the page turns all keys off for good.
// No decision by key before each stop sign was in view or focused: until then the key leads to what was not seen yet.
(() => {
  "use strict";

  const map = document.querySelector("[data-keys]");
  if (!map || map.dataset.keys !== "on") return;

  const MUST_SEE = ".desk-sign, [data-must-see]";
  const DECIDES = ["r", "c"];
  const ENOUGH = 48; // pixels of something tall that count as seen
  const seen = new WeakSet();

  const say = (text) => document.dispatchEvent(new CustomEvent("announce", { detail: text }));
  const element = (target) => (target instanceof Element ? target : null);
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const currentRow = () => element(document.activeElement)?.closest("[data-row]") || null;
  const typing = (target) =>
    element(target)?.closest("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select, [contenteditable]");

  function note() {
    for (const sign of document.querySelectorAll(MUST_SEE)) {
      const box = sign.getBoundingClientRect();
      const inView = box.height > 0 && box.top >= 0 && box.top + Math.min(box.height, ENOUGH) <= window.innerHeight;
      if (inView || sign.contains(document.activeElement)) seen.add(sign);
    }
  }

  function show(sign) {
    sign.tabIndex = -1;
    sign.focus({ preventScroll: true });
    sign.scrollIntoView({ block: "center" });
    note();
  }

  function readFirst() {
    note();
    const unseen = [...document.querySelectorAll(MUST_SEE)].filter((sign) => !seen.has(sign));
    if (!unseen.length) return false;
    show(unseen[0]);
    say(`Read this first; then press the key again. ${unseen.length} not seen yet.`);
    return true;
  }

  function nextSign() {
    const signs = [...document.querySelectorAll(MUST_SEE)];
    if (!signs.length) return false;
    const at = signs.findIndex((sign) => sign.contains(document.activeElement));
    show(signs[(at + 1) % signs.length]);
    return true;
  }

  function follow(link) {
    if (link) link.click();
    return Boolean(link);
  }

  function move(step) {
    const all = rows();
    if (!all.length) return follow(document.querySelector(step > 0 ? "a[rel=next]" : "a[rel=prev]"));
    const at = all.indexOf(currentRow());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    next.querySelector("a[href]")?.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  function press(key) {
    const wanted = `[data-key="${key}"]`;
    const held = currentRow()?.querySelector(wanted) || document.querySelector(`${wanted}:not([data-row] *)`);
    if (!held) return false;
    const control = held.matches("a, button, summary") ? held : held.querySelector("button, a, summary");
    if (!control) return false;
    if (control.disabled) say(document.querySelector(".desk-reason")?.textContent || "This cannot be done now.");
    else if (!DECIDES.includes(key) || !readFirst()) control.click();
    return true;
  }

  function go(address) {
    if (address) window.location.assign(address);
    return Boolean(address);
  }

  function help() {
    map.open = !map.open;
    map.querySelector("summary").focus({ preventScroll: true });
    return true;
  }

  function select() {
    const box = currentRow()?.querySelector("input[type=checkbox]");
    if (!box) return false;
    box.click();
    const chosen = document.querySelectorAll("[data-row] input[type=checkbox]:checked").length;
    say(`${box.checked ? "Selected" : "Not selected"}. ${chosen} selected in all.`);
    return true;
  }

  function leave() {
    if (!map.open) return press("b");
    map.open = false;
    return true;
  }

  const acts = {
    j: () => move(1),
    k: () => move(-1),
    o: () => follow(currentRow()?.querySelector("a[href]")),
    v: nextSign,
    "/": () => go(map.dataset.search),
    "?": help,
    x: select,
    Escape: leave,
  };

  // Back returns to the row: the keyboard goes on from there
  document.querySelector("[data-row]:target a[href]")?.focus({ preventScroll: true });

  for (const what of ["scroll", "resize", "focusin"]) window.addEventListener(what, note, { passive: true });
  note();

  let afterG = false;

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat || typing(event.target)) return;
    const wasAfterG = afterG;
    afterG = event.key === "g";
    if (afterG) return;
    const act = wasAfterG && event.key === "q" ? () => go(map.dataset.queue) : acts[event.key] || (() => /^[a-z]$/.test(event.key) && press(event.key));
    if (act()) event.preventDefault();
  });
})();
