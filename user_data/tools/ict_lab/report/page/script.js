"use strict";
// Charts are drawn when they come into sight, and follow the page's colours.
(() => {
  const root = document.documentElement;
  const themes = JSON.parse(document.getElementById("themes").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const settings = { responsive: true, displaylogo: false, displayModeBar: false };
  const drawn = new Set();

  const template = () => {
    const chosen = themes[root.dataset.theme];
    const font = { ...chosen.layout.font, family: getComputedStyle(document.body).fontFamily, size: 12 };
    return { ...chosen, layout: { ...chosen.layout, font } };
  };

  const draw = (chart) => {
    const figure = JSON.parse(chart.querySelector("script").textContent);
    drawn.add(chart);
    return Plotly.newPlot(chart, figure.data, { ...figure.layout, template: template() }, settings);
  };

  const colour = (name) => {
    root.dataset.theme = name;
    drawn.forEach((chart) => Plotly.relayout(chart, { template: template() }));
  };

  const show = (id) => {
    document.querySelectorAll(".strategy").forEach((part) => { part.hidden = part.id !== id; });
    document.querySelectorAll(`#${id} .js-plotly-plot`).forEach((chart) => Plotly.Plots.resize(chart));
  };

  colour(dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => colour(dark.matches ? "dark" : "light"));
  document.getElementById("theme").addEventListener("click", () => colour(root.dataset.theme === "dark" ? "light" : "dark"));
  const strategies = document.getElementById("strategy");
  if (strategies) {
    strategies.addEventListener("change", () => show(strategies.value));
    show(strategies.value);
  }

  const watch = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (isIntersecting) {
        watch.unobserve(target);
        draw(target);
      }
    }
  }, { rootMargin: "600px" });
  document.querySelectorAll(".chart").forEach((chart) => watch.observe(chart));
  // On paper there is no scrolling.
  addEventListener("beforeprint", () => document.querySelectorAll(".chart:not(.js-plotly-plot)").forEach(draw));
})();
