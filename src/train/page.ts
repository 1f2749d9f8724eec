import { drawn, keyOf, symbolOf, type Figure } from "../charts/figure.js";
import { htmlPage } from "../charts/page.js";
import { axis, bottomAxis, drawing, escape, seriesColour } from "../charts/svg.js";
import { TASK_NAMES } from "../tasks/task.js";
import { confusionTable } from "./page-confusion.js";
import { LABEL_TASKS, type Judgement, type TrainReport } from "./report.js";

const RULES = `
details { background: var(--panel); border-radius: 10px; padding: .7rem 1rem; margin: .6rem 0; overflow-wrap: anywhere; }
summary { cursor: pointer; }
td.text { white-space: normal; text-align: left; min-width: 14rem; }
.confusion td, .confusion th { padding: .15rem .4rem; min-width: 0; }
.confusion thead th { writing-mode: vertical-rl; text-align: left; max-height: 14rem; }
`;

const NAMES = { intent: "intents", slots: "slots", topic: "topics" } as const;
const percent = (fraction: number, digits = 1): string => (100 * fraction).toFixed(digits);

/** The report as one HTML file. */
export function trainPage(report: TrainReport): string {
  const { bundle, engine, rows, judged, quick, steps, seconds } = report;
  const minutes = (seconds.training / 60).toFixed(1);
  const figures = [curveOf(report, "dev"), curveOf(report, "loss")].filter((figure) => figure !== undefined);
  const body = `<h1>${escape(bundle)}</h1>
<p class="muted">${escape(engine)}, trained on ${rows.train} rows${quick ? " with --quick" : ""}; best after ${steps} steps, ${minutes} minutes of
training in the last call. This page holds texts of the data: it is for you, and no part of the bundle.</p>
${judged.map((one) => section(one, rows[one.split])).join("\n")}
<h2>Learning curve</h2>
<div class="figures">
${figures.map(drawn).join("\n")}
</div>`;
  return htmlPage({ title: `${bundle}: training report`, style: RULES, body });
}

function section(judgement: Judgement, rows: number): string {
  const { split, confusion, labels, mistakes } = judgement;
  const chosen = split === "dev" ? " Temperatures, threshold and checkpoint were chosen on these rows." : "";
  return `<h2>${split}: ${rows} rows, through the served bundle</h2>
<p class="muted">95 % intervals by bootstrap.${chosen}</p>
<ul class="cards">
${cards(judgement)}
</ul>
${TASK_NAMES.flatMap((task) => {
  const [scored, wrong] = [labels[task] ?? [], mistakes[task] ?? []];
  if (scored.length === 0) return [];
  const matrix = LABEL_TASKS.filter((one) => one === task).map((one) => confusionTable(confusion[one]));
  return [
    `<h3>What was taken for what: ${NAMES[task]}</h3>`,
    ...matrix,
    folded(
      `${scored.length} ${NAMES[task]}, the worst first`,
      table(
        [task === "slots" ? "slot" : task, "train", "here", "answered", "right", "F1"],
        scored.map((one) => [one.label, one.train, one.gold, one.answered, one.right, percent(one.f1)]),
      ),
    ),
    folded(
      wrong.length === 0 ? "No mistakes" : `Mistakes, the surest first (${wrong.length})`,
      table(
        ["text", "is", "was answered", "confidence"],
        wrong.map((one) => [one.text, one.gold, one.answered, one.confidence.toFixed(2)]),
        3,
      ),
    ),
  ];
}).join("\n")}`;
}

function cards({ scores }: Judgement): string {
  const { intent, oos, slots, exact_match: exact, exact_match_ci95: exactCi, topic } = scores;
  const told: [string, number, readonly number[] | undefined][] = [];
  if (intent) told.push(["intent accuracy", intent.accuracy, intent.ci95]);
  if (oos) told.push(["in scope", oos.in_scope_accuracy, undefined], ["AUROC out of scope", oos.auroc, undefined]);
  if (slots) told.push(["slot F1", slots.f1, slots.ci95]);
  if (exact !== undefined) told.push(["intent and slots right", exact, exactCi]);
  if (topic) told.push(["topic accuracy", topic.accuracy, topic.ci95]);
  return told
    .map(([name, value, interval]) => {
      const between = interval ? `${percent(interval[0]!)} to ${percent(interval[1]!)}` : "";
      return `<li class="card">${name}<b>${percent(value)}</b><span class="muted">${between}</span></li>`;
    })
    .join("\n");
}

/** The line of each score of dev, or of the loss as a running mean. */
function curveOf({ curve }: TrainReport, what: "dev" | "loss"): Figure | undefined {
  const names = [...new Set(curve.flatMap((entry) => Object.keys(entry)))].filter((name) =>
    what === "loss" ? name === "loss" : name.startsWith("dev ") && name !== "dev score",
  );
  if (names.length === 0) return undefined;
  const series = names.map((name) => {
    const points = curve.flatMap((entry) =>
      entry[name] === undefined ? [] : [[entry.step ?? 0, entry[name]] as const],
    );
    return what === "loss" ? thinned(points) : points.map(([step, score]) => [step, Math.round(1000 * score) / 10]);
  });
  const title = what === "loss" ? "Training loss" : "Scores of dev while training";
  const svg = drawing(title, 280, {
    grid: { left: 60, right: 24, top: 12, bottom: 52 },
    xAxis: bottomAxis("step", { type: "value", min: 0 }),
    yAxis: axis({ type: "value", scale: true }),
    series: series.map((data, i) => ({
      ...{ type: "line", data, symbol: symbolOf(i), symbolSize: what === "loss" ? 0 : 7 },
      lineStyle: { color: seriesColour(i), width: 2 },
      itemStyle: { color: seriesColour(i) },
    })),
  });
  const caption =
    what === "loss"
      ? "Mean of neighbouring steps."
      : "Unquantised weights, on at most 1,200 rows: these steer, the figures above count.";
  return { title, caption, legend: names.map((name, i) => keyOf(name.replace("dev ", ""), i)), svg };
}

const POINTS = 120;

/** At most so many points, each the mean of its part. */
function thinned(points: readonly (readonly [number, number])[]): number[][] {
  const size = Math.ceil(points.length / POINTS);
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const part = points.slice(i * size, (i + 1) * size);
    return [part.at(-1)![0], Number((part.reduce((sum, [, y]) => sum + y, 0) / part.length).toFixed(4))];
  });
}

/** texts: how many of the first columns are texts and not figures. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[], texts = 1): string {
  if (rows.length === 0) return "";
  const line = (tag: string, row: readonly (string | number)[]) =>
    row.map((cell, i) => `<${tag}${i < texts ? ' class="text"' : ""}>${escape(String(cell))}</${tag}>`).join("");
  return `<div class="scroll"><table><thead><tr>${line("th", head)}</tr></thead><tbody>
${rows.map((row) => `<tr>${line("td", row)}</tr>`).join("\n")}
</tbody></table></div>`;
}

const folded = (title: string, content: string): string =>
  content === "" ? `<p>${escape(title)}.</p>` : `<details><summary>${escape(title)}</summary>${content}</details>`;
