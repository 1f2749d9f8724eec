import type { Figure } from "../charts/figure.js";
import { drawn, squareOf } from "../charts/figure.js";
import { htmlPage, htmlTable } from "../charts/page.js";
import { axis, bottomAxis, COLOUR, drawing, escape, seriesColour } from "../charts/svg.js";
import { total, type Counts, type DataReport, type LabelCount } from "./report.js";
import { SPLITS } from "./row.js";

/** Labels in one plot; the table has them all. */
const SHOWN = 40;
const ROW = 20;
/** Cases of a finding that are spelt out; the JSON has them all. */
const CASES = 50;

const splitsOf = (rows: Counts) => SPLITS.filter((split) => rows[split] !== undefined);

function labelPlot(title: string, unit: string, labels: readonly LabelCount[], rows: Counts): Figure | undefined {
  if (labels.length === 0) return undefined;
  const shown = labels.slice(0, SHOWN);
  const splits = splitsOf(rows);
  const svg = drawing(title, 60 + ROW * shown.length, {
    grid: { left: 190, right: 24, top: 8, bottom: 52 },
    xAxis: bottomAxis(unit, { type: "value", minInterval: 1 }),
    yAxis: axis({
      ...{ type: "category", data: shown.map(({ name }) => name), inverse: true, splitLine: { show: false } },
      axisLabel: { width: 176, overflow: "truncate", interval: 0 },
    }),
    series: splits.map((split, i) => ({
      ...{ type: "bar", stack: "all", barWidth: 12, data: shown.map((label) => label.rows[split] ?? 0) },
      itemStyle: { color: seriesColour(i), borderColor: COLOUR.paper, borderWidth: 1 },
    })),
  });
  const rest = labels.length > SHOWN ? ` The ${SHOWN} most frequent of ${labels.length}; the table has them all.` : "";
  const caption = `${labels.length} labels.${rest}`;
  return { title, caption, legend: splits.map((split, i) => squareOf(split, i)), svg };
}

function lengthPlot({ words: { histogram, p50, p95, max } }: DataReport): Figure {
  const title = "Words of a text";
  const last = histogram.length - 1;
  const svg = drawing(title, 260, {
    grid: { left: 60, right: 24, top: 12, bottom: 52 },
    xAxis: bottomAxis("words", {
      ...{ type: "category", data: histogram.map((_, i) => (i === last ? `${i}+` : `${i}`)) },
      splitLine: { show: false },
    }),
    yAxis: axis({ type: "value", name: "texts", minInterval: 1 }),
    series: [{ type: "bar", data: [...histogram], itemStyle: { color: seriesColour(0) } }],
  });
  return { title, caption: `Median ${p50}, 95 % have at most ${p95}, the longest ${max}.`, legend: [], svg };
}

/** Nothing where there is no row. */
const table = (...[title, head, rows]: Parameters<typeof htmlTable>): string =>
  rows.length === 0 ? "" : htmlTable(title, head, rows);

const DETAILS = `
details { background: var(--panel); border-radius: 10px; padding: .7rem 1rem; margin: .6rem 0; overflow-wrap: anywhere; }
summary { cursor: pointer; }
`;

function findings({ findings: found }: DataReport): string {
  if (found.length === 0) return "<p>Nothing was found that would hurt a model.</p>";
  const told = found.map(({ weight, message, cases }) => {
    const more = cases.length > CASES ? `<li>and ${cases.length - CASES} more</li>` : "";
    const list = cases.slice(0, CASES).map((one) => `<li>${escape(one)}</li>`);
    return `<details${weight === "serious" ? " open" : ""}><summary><b>${weight === "serious" ? "⚠ " : ""}${cases.length}</b>
${escape(message)}</summary><ul>${list.join("\n")}${more}</ul></details>`;
  });
  return told.join("\n");
}

/** The report as one HTML file. */
export function dataPage(report: DataReport, name: string): string {
  const { rows, intents, topics, slots } = report;
  const splits = splitsOf(rows);
  const figures = [
    labelPlot("Intents", "rows", intents, rows),
    labelPlot("Topics", "rows", topics, rows),
    labelPlot("Slots", "spans", slots, rows),
    lengthPlot(report),
  ].filter((figure) => figure !== undefined);
  const countsOf = ({ rows: own }: LabelCount) => splits.map((split) => own[split] ?? 0);
  const summary = splits.map((split) => `${split} ${rows[split] ?? 0}`).join(", ");
  const body = `<h1>Data report</h1>
<p class="muted">${escape(name)}: ${total(rows)} rows (${escape(summary)}), ${intents.length} intents, ${slots.length} slots.
This page holds texts of the data.</p>
<h2>Findings</h2>
${findings(report)}
<h2>Plots</h2>
<div class="figures">
${figures.map(drawn).join("\n")}
</div>
<h2>Tables</h2>
${table(
  "Intents",
  ["intent", ...splits],
  intents.map((label) => [label.name, ...countsOf(label)]),
)}
${table(
  "Topics",
  ["topic", ...splits],
  topics.map((label) => [label.name, ...countsOf(label)]),
)}
${table(
  "Slots",
  ["slot", ...splits, "values", "most frequent", "its share", "intents"],
  slots.map((slot) => [
    ...[
      slot.name,
      ...countsOf(slot),
      slot.values,
      slot.top.value,
      `${Math.round(100 * slot.top.share)} %`,
      slot.intents,
    ],
  ]),
)}`;
  return htmlPage({ title: "onepass data report", style: DETAILS, body });
}
