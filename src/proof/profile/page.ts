import { functionsOf, ownersOf, type Flame } from "./flame.js";

/** What is said above the graph: name and value. */
export type Facts = readonly (readonly [name: string, value: string])[];

const MOST_ROWS = 25;
const LINE_PX = 18;

/** Runs in the page. A wheel zooms, a drag moves: the library's. */
const DRAW = String.raw`
const { names, places, owners, rows, levels, busy } = JSON.parse(document.getElementById("data").textContent);
const list = [...new Set(owners)];
const colour = (owner) => "hsl(" + (owner === "onepass" ? 18 : 60 + (300 * list.indexOf(owner)) / list.length) + " 65% 62%)";
const escape = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
const chart = echarts.init(document.getElementById("flame"));
chart.setOption({
  animation: false,
  grid: { left: 0, right: 0, top: 0, bottom: 0 },
  xAxis: { show: false, min: 0, max: busy },
  yAxis: { show: false, min: 0, max: levels, inverse: true },
  dataZoom: [{ type: "inside", filterMode: "none" }],
  tooltip: {
    formatter: ({ data: [, total, , self, i] }) =>
      "<b>" + escape(names[i]) + "</b><br>" + escape(places[i]) + "<br>" + (total / 1000).toFixed(2) + " ms, " +
      ((100 * total) / busy).toFixed(1) + " %; own code " + (self / 1000).toFixed(2) + " ms",
  },
  series: [{
    type: "custom",
    encode: { x: [0], y: [2] },
    data: rows,
    renderItem: ({ coordSys }, api) => {
      const [x, y] = api.coord([api.value(0), api.value(2)]);
      const [width, height] = api.size([api.value(1), 1]);
      const whole = { x, y, width: Math.max(width - 0.5, 0.5), height: height - 1 };
      const shape = echarts.graphic.clipRectByRect(whole, coordSys); // so that a name stays in sight
      if (!shape) return;
      const i = api.value(4);
      const label = { text: names[i], width: shape.width - 6, overflow: "truncate", fill: "#1c2430", fontSize: 11 };
      return {
        type: "rect",
        shape,
        style: { fill: colour(owners[i]) },
        ...(shape.width > 30 && { textContent: { style: label }, textConfig: { position: "insideLeft" } }),
      };
    },
  }],
});
addEventListener("resize", () => chart.resize());
`;

/**
 * A flame graph as one HTML file that loads nothing.
 * library: the source of ECharts. requests: how many were answered, for figures a request.
 */
export function profilePage(flame: Flame, facts: Facts, requests: number, library: string): string {
  const { frames, busy } = flame;
  const levels = frames.reduce((most, { depth }) => Math.max(most, depth + 1), 1);
  const data = {
    names: frames.map(({ name }) => name),
    places: frames.map(({ place, owner }) => place || owner),
    owners: frames.map(({ owner }) => owner),
    rows: frames.map(({ start, total, depth, self }, i) => [start, total, depth, self, i]),
    levels,
    busy,
  };
  const table = (title: string, sums: readonly [string, number][]) => tableOf(title, sums, busy, requests);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>onepass: where the time goes</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<style>
body { font: 14px/1.5 system-ui, sans-serif; color: #1c2430; margin: 24px; max-width: 1400px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px } dt { color: #667085 } dd { margin: 0 }
table { border-collapse: collapse } td, th { padding: 2px 12px 2px 0; text-align: right } td:first-child, th:first-child { text-align: left }
#flame { height: ${levels * LINE_PX}px }
</style></head><body>
<h1>Where the time of the server's own code goes</h1>
<dl>${facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join("\n")}</dl>
<p>Width is time on the main thread, waiting left out; a function stands under the one that called it.
The model computes on other threads: its time is not here. Wheel: zoom. Drag: move.</p>
<div id="flame"></div>
${table("Own code by who wrote it", ownersOf(flame))}
${table("Own code by function", functionsOf(flame).slice(0, MOST_ROWS))}
<script type="application/json" id="data">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>
<script>${library.replaceAll("</script", "<\\/script")}</script>
<script>${DRAW}</script>
</body></html>
`;
}

function tableOf(title: string, sums: readonly [string, number][], busy: number, requests: number): string {
  const rows = sums.map(([name, us]) => {
    const cells = [escape(name), (us / requests).toFixed(1), `${((100 * us) / busy).toFixed(1)} %`];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return `<h2>${title}</h2>
<table><tr><th></th><th>µs a request</th><th>of the work</th></tr>
${rows.join("\n")}</table>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
