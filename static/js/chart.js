// Draws a chart from the table that it names, so that picture and table can never differ.
(() => {
  "use strict";

  const COLORS = ["#005ea2", "#757575", "#1a4480", "#9c3d10", "#4773aa", "#3d4551", "#c2850c", "#3a6b1c"];
  const INK = "#1b1b1b";
  const LINE = "#dfe1e2";

  const MOST_LYING_TALL = 24;
  const MOST_LYING = 12; // categories of a chart whose bars lie, so that each can be named beside its bar
  const NARROW = 480; // pixels
  const LABEL = { wide: 26, narrow: 17 }; // letters a line; two lines, and the table names it in full

  const text = (cell) => cell.textContent.trim();
  const number = (cell) => (text(cell) === "–" ? null : Number(text(cell).replaceAll(",", "").replace(/[^0-9.\-]/g, "")) || 0);

  function readTable(table, wanted) {
    const heads = [...table.tHead.rows[0].cells].map(text);
    const rows = [...table.tBodies[0].rows].filter((row) => row.cells.length === heads.length);
    const columns = wanted.length ? wanted : heads.slice(1).map((_, index) => index + 2);
    return {
      labels: rows.map((row) => text(row.cells[0])),
      datasets: columns.map((column, index) => ({
        label: heads[column - 1],
        data: rows.map((row) => number(row.cells[column - 1])),
        backgroundColor: COLORS[index % COLORS.length],
        borderColor: COLORS[index % COLORS.length],
        borderWidth: 1,
        maxBarThickness: 48,
        categoryPercentage: 0.6,
        barPercentage: 0.95,
        pointRadius: 3,
      })),
    };
  }

  const TWO_LINES = 34; // pixels

  // Two lines, broken between words, where there is room for them beside each bar.
  function inLines(value) {
    const most = this.chart.width < NARROW ? LABEL.narrow : LABEL.wide;
    const room = this.chart.height / this.getLabels().length >= TWO_LINES;
    const whole = this.getLabelForValue(value);
    if (!room) return whole.length > 1.5 * most ? `${whole.slice(0, 1.5 * most - 1)}…` : whole;
    const lines = [""];
    whole.split(" ").forEach((word) => {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (longer.length <= most || !lines.at(-1)) lines[lines.length - 1] = longer;
      else lines.push(word);
    });
    const shown = lines.slice(0, 2).map((line) => (line.length > most ? `${line.slice(0, most - 1)}…` : line));
    return lines.length > 2 ? [shown[0], `${shown[1].slice(0, most - 1)}…`] : shown;
  }

  function draw(figure) {
    const table = document.getElementById(figure.dataset.table);
    if (!table || !window.Chart) return;
    const wanted = (figure.dataset.columns || "").split(",").filter(Boolean).map(Number);
    const data = readTable(table, wanted);
    const stacked = "stacked" in figure.dataset;
    const unit = figure.dataset.unit || "";
    const most = figure.classList.contains("desk-chart--tall") ? MOST_LYING_TALL : MOST_LYING;
    const lies = figure.dataset.chart === "bar" && (data.datasets.length === 1 || "lying" in figure.dataset) && data.labels.length <= most;
    const font = { family: getComputedStyle(document.body).fontFamily, size: 13 };
    figure.classList.add("desk-chart--drawn");
    new window.Chart(figure.querySelector("canvas"), {
      type: figure.dataset.chart,
      data,
      options: {
        animation: false,
        spanGaps: true, // a week without a figure has no point, and the line goes on
        responsive: true,
        maintainAspectRatio: false,
        indexAxis: lies ? "y" : "x",
        scales: {
          [lies ? "y" : "x"]: {
            stacked,
            grid: { display: false },
            ticks: { font, color: INK, maxRotation: 0, autoSkip: !lies, autoSkipPadding: 12, ...(lies ? { callback: inLines } : {}) },
          },
          [lies ? "x" : "y"]: {
            stacked,
            beginAtZero: true,
            grid: { color: LINE },
            border: { display: false },
            title: { display: Boolean(unit), text: unit, font, color: INK },
            ticks: { font, color: INK, precision: 0, maxTicksLimit: lies ? 4 : 6 },
          },
        },
        plugins: {
          legend: {
            display: data.datasets.length > 1,
            position: "top",
            align: "start",
            labels: { font, color: INK, boxWidth: 14, padding: 12 },
          },
        },
      },
    });
  }

  document.querySelectorAll("[data-chart]").forEach(draw);
})();
