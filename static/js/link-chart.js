// Draws the link chart from the two tables of the page, so that picture and tables can never differ.
(() => {
  "use strict";

  const figure = document.querySelector("[data-link-chart]");
  const rows = [...document.querySelectorAll("[data-node]")];
  if (!figure || !rows.length || !window.cytoscape) return;

  const SHAPES = { person: "ellipse", associate: "ellipse", organization: "diamond", address: "rectangle", document: "rectangle", phone: "rectangle" };
  const COLORS = { person: "#005ea2", associate: "#757575", organization: "#9c3d10", address: "#4773aa", document: "#3d4551", phone: "#3d4551" };
  const READABLE = 0.8;
  const text = (row, selector) => row.querySelector(selector).textContent.trim();

  const nodes = rows.map((row) => ({
    data: { id: row.dataset.node, label: text(row, "[data-name]"), depth: Number(row.dataset.depth), shape: SHAPES[row.dataset.kind], color: COLORS[row.dataset.kind] },
  }));
  const edges = [...document.querySelectorAll("[data-from]")].map((row) => ({
    data: { source: row.dataset.from, target: row.dataset.to, label: text(row, "[data-words]") },
  }));

  figure.classList.add("desk-links--drawn");
  const chart = window.cytoscape({
    container: figure.querySelector(".desk-links__canvas"),
    elements: { nodes, edges },
    userZoomingEnabled: false, // the wheel scrolls the page
    boxSelectionEnabled: false,
    maxZoom: 1.2,
    layout: { name: "concentric", concentric: (node) => -node.data("depth"), levelWidth: () => 1, minNodeSpacing: 30, nodeDimensionsIncludeLabels: true, padding: 24, animate: false },
    style: [
      {
        selector: "node",
        style: {
          shape: "data(shape)", "background-color": "data(color)", label: "data(label)", width: 22, height: 22, color: "#1b1b1b",
          "font-size": 12, "text-valign": "bottom", "text-margin-y": 4, "text-wrap": "wrap", "text-max-width": 130,
          "text-background-color": "#ffffff", "text-background-opacity": 0.85,
        },
      },
      { selector: "node[depth = 0]", style: { width: 32, height: 32, "font-weight": "bold" } },
      { selector: "edge", style: { width: 1.5, "line-color": "#a9aeb1", "curve-style": "bezier" } },
      { selector: ".found", style: { "border-width": 4, "border-color": "#e66f0e" } },
      { selector: "edge.found", style: { "line-color": "#e66f0e", width: 3, label: "data(label)", "font-size": 11, "text-background-color": "#ffffff", "text-background-opacity": 1 } },
    ],
  });

  function fit() {
    chart.fit(undefined, 24);
    if (chart.zoom() >= READABLE) return;
    chart.zoom(READABLE); // a small screen shows the middle at a size that can be read; the rest is dragged into sight
    chart.center(chart.nodes("[depth = 0]"));
  }
  fit();

  let width = figure.clientWidth;
  new ResizeObserver(() => { // a phone that is turned, a window that is made larger
    if (figure.clientWidth === width) return;
    width = figure.clientWidth;
    chart.resize();
    fit();
  }).observe(figure);

  function find(id) {
    chart.elements().removeClass("found");
    const node = chart.getElementById(id);
    node.addClass("found");
    node.connectedEdges().addClass("found");
  }

  rows.forEach((row) => {
    row.addEventListener("focusin", () => find(row.dataset.node));
    row.addEventListener("mouseenter", () => find(row.dataset.node));
  });
  chart.on("tap", "node", (event) => {
    const row = rows.find((each) => each.dataset.node === event.target.id());
    find(event.target.id());
    const target = row.querySelector("[data-expand]") || row.querySelector("a");
    if (target) target.focus();
  });
})();
