// Another tab of the same record opens where the tab line stood, with the focus on its tab: the eye finds its place again.
// Without a script the page opens at its top.
(() => {
  "use strict";

  const KEY = "leadtrac-tab";
  const line = document.querySelector(".desk-tabs");
  if (!line) return;

  const left = JSON.parse(sessionStorage.getItem(KEY) || "null");
  sessionStorage.removeItem(KEY);
  if (left && left.to === location.href) {
    line.querySelector("[aria-current]")?.focus({ preventScroll: true });
    const way = line.getBoundingClientRect().top - left.top;
    const room = document.documentElement.scrollHeight - window.innerHeight - window.scrollY;
    const main = document.getElementById("main");
    if (way > room) main.style.minHeight = `${main.offsetHeight + way - room}px`; // a short part keeps the line's place too
    window.scrollBy({ top: way, behavior: "instant" });
  }

  line.addEventListener("click", (event) => {
    const tab = event.target.closest("a");
    if (tab) sessionStorage.setItem(KEY, JSON.stringify({ to: tab.href, top: line.getBoundingClientRect().top }));
  });
})();
