import { describeRun, figure, noticesOf, tablesOf } from "../markdown.js";
import type { RatioReport } from "../ratios.js";
import type { Report } from "../report.js";
import { timeSplit, tokens } from "./bars.js";
import { againstLoad, distribution, throughput } from "./charts.js";
import { accuracyAgainstLatency, ratioPlot } from "./comparisons.js";
import { drawn, type Figure } from "../../../charts/figure.js";
import { htmlPage, htmlTable } from "../../../charts/page.js";
import { escape } from "../../../charts/svg.js";

function card([key, { p50, ci95, http, against }]: [string, RatioReport]): string {
  const other = key.slice(key.indexOf("/") + 1);
  const way = other === against ? "" : "; side by side, the faster of its two ways";
  return `<li class="card"><b>${figure(p50)} ×</b> the inference time of <strong>${escape(other)}</strong>
<span class="muted">95 %: ${figure(ci95[0])} to ${figure(ci95[1])}; over HTTP ${figure(http.p50)} ×${way}</span></li>`;
}

/** What the whole comparison is about, in large figures. */
function cards({ ratios, sets: [set = ""] }: Report): string {
  const [key] = Object.keys(ratios);
  if (key === undefined) return "";
  const one = key.slice(0, key.indexOf("/"));
  return `<h2>${escape(one)} takes</h2>
<ul class="cards">${Object.entries(ratios).map(card).join("\n")}</ul>
<p class="muted">Ratios of medians: one client, texts ${escape(set)}.</p>`;
}

function figuresOf(report: Report): Figure[] {
  return [
    ratioPlot(report),
    distribution(report),
    againstLoad(report, "p50"),
    againstLoad(report, "p99"),
    throughput(report),
    timeSplit(report),
    tokens(report),
    accuracyAgainstLatency(report, "intent"),
    accuracyAgainstLatency(report, "slot_f1"),
  ].filter((one) => one !== undefined);
}

/** What makes the figures believable, as this run was made. */
function method({ seed, disturbance, mode, options }: Report): string[] {
  const { factor, blocks, disturbed, fastest_ms } = disturbance;
  return [
    `Blocks of all engines are run in turn within one process of the server, in random order (seed ${seed}), so that noise
hits all alike. Warm-up is apart, and the first answer of every connection is thrown away.`,
    `Ratios are those of pooled percentiles. Their intervals come from a bootstrap that draws rounds, the same ones for both
engines, and then answers within each block.`,
    `Inference, queue and the other stages are timed by the server (timing_ms); HTTP latency is timed by the client, on the
same machine. No fallback answers: an answer of another engine or model counts as an error.`,
    ...(mode === "full"
      ? [
          `Open loop: requests are sent when a Poisson process says so, whatever became of those before, and latency counts from
that time. What is unanswered at the end counts with the time it has been waited for.`,
        ]
      : ["A quick run has one client and no open loop; the full run has the plots of load and throughput."]),
    `A fixed piece of arithmetic on every core runs before and after each block (fastest ${figure(fastest_ms)} ms); where it
takes ${factor} times as long as that, the block counts as disturbed: ${disturbed} of ${blocks}.`,
    "Percentiles are those of HDR histograms (three digits). What was asked for: " + JSON.stringify(options),
  ];
}

const list = (items: readonly string[], name: string): string =>
  `<ul class="${name}">${items.map((item) => `<li>${escape(item)}</li>`).join("\n")}</ul>`;

export function page(report: Report): string {
  const notices = noticesOf(report);
  const body = `<h1>onepass load test</h1>
<p class="muted">${escape(describeRun(report))}</p>
${notices.length > 0 ? list(notices, "notices") : ""}
${cards(report)}
<h2>Plots</h2>
<div class="figures">
${figuresOf(report).map(drawn).join("\n")}
</div>
<h2>Tables</h2>
${tablesOf(report)
  .map(({ title, head, rows }) => htmlTable(title, head, rows))
  .join("\n")}
<h2>Method</h2>
${list(method(report), "method")}`;
  return htmlPage({ title: "onepass load test", body });
}
