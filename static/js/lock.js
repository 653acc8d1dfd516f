// Locks the page in place after idle time. The server locks by itself; this closes the view over it before anybody asks,
// and leaves text, choices and scroll as they are. All pages of one browser count the same person's work.
(() => {
  "use strict";

  const dialog = document.getElementById("lock");
  if (!dialog) return;

  const KEY = "leadtrac-at-work";
  const idle = Number(dialog.dataset.idle) * 1000;
  const beat = Math.min(60000, idle / 3);
  const title = document.title;
  const token = () => dialog.querySelector("[name=csrfmiddlewaretoken]").value;
  const send = (address) => fetch(address, { method: "POST", headers: { "X-CSRFToken": token(), "HX-Request": "true" }, redirect: "manual" });
  const proof = () => dialog.querySelector("[name=proof]");
  const shared = () => Number(localStorage.getItem(KEY)) || 0;

  let worked = Date.now();
  let told = Date.now();

  function note() {
    if (dialog.open) return;
    worked = Date.now();
    localStorage.setItem(KEY, String(worked));
    if (worked - told > beat) {
      told = worked;
      send(dialog.dataset.awake).then((answer) => { if (answer.headers.has("X-Locked")) show(); });
    }
  }

  function show() {
    if (dialog.open) return;
    dialog.showModal();
    document.title = "Locked | LeadTrac";
    proof().focus();
    if (window.htmx) window.htmx.ajax("GET", dialog.dataset.lock, { target: "#lock-form", swap: "outerHTML" }).finally(() => proof().focus());
  }

  // The form that was asked for when the page locked may come while its person already types, or after they have sent it.
  function late(event) {
    const form = event.detail.target;
    if (form.id !== "lock-form" || event.detail.requestConfig.verb !== "get") return;
    if (proof().value || form.classList.contains("htmx-request")) event.detail.shouldSwap = false;
  }

  function open() {
    proof().value = "";
    dialog.close();
    document.title = title;
    worked = told = Date.now();
    localStorage.setItem(KEY, String(worked));
  }

  function look() {
    if (dialog.open || Date.now() - Math.max(worked, shared()) < idle) return;
    send(dialog.dataset.lock).finally(show);
  }

  localStorage.setItem(KEY, String(worked));
  for (const kind of ["keydown", "pointerdown", "wheel", "input"]) document.addEventListener(kind, note, { passive: true, capture: true });
  for (const kind of ["visibilitychange", "focus", "pageshow"]) window.addEventListener(kind, look);
  setInterval(look, Math.min(5000, idle / 4));

  dialog.addEventListener("cancel", (event) => event.preventDefault());
  document.addEventListener("session-unlocked", open);
  document.addEventListener("htmx:beforeSwap", late);
  // Opened again in another page of this browser: the server says whether that holds here too.
  window.addEventListener("storage", (event) => {
    if (event.key === KEY && dialog.open) send(dialog.dataset.awake).then((answer) => { if (answer.status === 204) open(); });
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (!event.detail.xhr.getResponseHeader("X-Locked")) return;
    event.preventDefault();
    show();
  });
})();
