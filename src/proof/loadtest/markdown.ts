import type { RatioReport } from "./ratios.js";
import type { Ratio } from "./statistics.js";
import type { Report } from "./report.js";
import { P99_MS, stages } from "./target-report.js";

/** A table of cells; the first column is text, the others are figures. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const NOTHING = "–";
const SMALLEST = 0.0005; // of milliseconds and tokens, nothing below says anything

/** Three digits that count, as in 0.0812, 4.57, 138. */
export function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NOTHING;
  if (Math.abs(value) < SMALLEST) return "0";
  return Math.abs(value) < 99.95 ? value.toPrecision(3) : value.toFixed(0);
}

const interval = ({ ci95: [low, high] }: Ratio): string => `${figure(low)} to ${figure(high)}`;

function ratioRow([key, ratio]: [string, RatioReport]): string[] {
  const { p50, p95, http, against, rounds } = ratio;
  const name = key.endsWith(`/${against}`) ? key : `${key} (side by side)`;
  return [
    name,
    figure(p50),
    interval(ratio),
    figure(p95),
    figure(http.p50),
    interval(http),
    figure(http.p95),
    String(rounds),
  ];
}

function ratioTable({ ratios }: Report): Table {
  const head = ["ratio", "p50", "95 % interval", "p95", "HTTP p50", "95 % interval", "HTTP p95", "rounds"];
  return { title: "Ratios of latency, one client", head, rows: Object.entries(ratios).map(ratioRow) };
}

function oneClientTable({ targets }: Report, set: string, title: string): Table {
  const rows = targets.flatMap(({ label, one_client }) =>
    one_client
      .filter((one) => one.set === set)
      .map(({ http, inference, server, tokens }) => [
        label,
        ...[
          http.p50,
          http.p95,
          http.p99,
          inference.p50,
          inference.p95,
          server.p50,
          tokens.prompt,
          tokens.generated,
        ].map(figure),
        String(http.count),
      ]),
  );
  const times = ["HTTP p50", "p95", "p99", "inference p50", "p95", "server p50"].map((name) => `${name}, ms`);
  return { title, head: ["engine", ...times, "prompt tokens", "generated", "answers"], rows };
}

function capacityTable({ targets }: Report): Table {
  const counts = [...new Set(targets.flatMap(({ clients }) => clients.map(({ clients: count }) => count)))];
  const rows = targets.map(({ label, clients, capacity, two_over_one, per_second_within_p99 }) => [
    label,
    ...counts.map((count) => figure(clients.find(({ clients: own }) => own === count)?.per_second)),
    figure(two_over_one),
    figure(capacity?.tokens_per_second.prompt),
    figure(capacity?.tokens_per_second.generated),
    figure(per_second_within_p99),
  ]);
  const head = [
    "engine",
    ...counts.map((count) => `${count} client${count > 1 ? "s" : ""}`),
    "two over one",
    "prompt tokens a second",
    "generated",
    `requests a second, p99 ≤ ${P99_MS} ms`,
  ];
  return { title: "Throughput: answers a second, closed loop", head, rows };
}

function loadTable({ targets }: Report): Table {
  const rows = targets.flatMap(({ label, loads }) =>
    loads.map(({ percent, offered_per_second, per_second, http, send_lag, sent, failed, unfinished }) => [
      label,
      `${percent} %`,
      ...[offered_per_second, per_second, http?.p50, http?.p95, http?.p99, send_lag?.p99].map(figure),
      ...[sent, failed, unfinished].map(String),
    ]),
  );
  const times = ["p50", "p95", "p99", "sent late, p99"].map((name) => `${name}, ms`);
  return {
    title: "Latency against load, open loop, from the intended time of sending",
    head: ["engine", "load", "offered a second", "answered a second", ...times, "sent", "failed", "unfinished"],
    rows,
  };
}

function shareTable({ targets }: Report): Table {
  const rows = targets.flatMap(({ label, server_share, one_client: [one] }) =>
    server_share && one
      ? [[label, server_share.at, ...[server_share.p50, server_share.p99, ...stages(one.split_ms)].map(figure)]]
      : [],
  );
  const split = ["tokenize", "queue", "inference", "decode", "rest of the server", "HTTP"].map((name) => `${name}, ms`);
  return {
    title: "Where the time goes: the server's share (total − queue − inference), and one client's request on average",
    head: ["engine", "share at", "share p50, ms", "share p99, ms", ...split],
    rows,
  };
}

/** Every table of a report that has rows. */
export function tablesOf(report: Report): Table[] {
  const [headline = "", ...others] = report.sets;
  const open = report.targets.some(({ loads }) => loads.length > 0);
  return [
    ratioTable(report),
    oneClientTable(report, headline, `Latency, one client, texts: ${headline}`),
    ...others.map((set) => oneClientTable(report, set, `Latency, one client, texts: ${set}`)),
    capacityTable(report),
    ...(open ? [loadTable(report)] : []),
    shareTable(report),
  ].filter(({ rows }) => rows.length > 0);
}

/** When, where and on what, in a line. */
export function describeRun({ created, mode, seconds, seed, commit, environment }: Report): string {
  const { cpu, cores, node, platform, server, settings } = environment;
  const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const version = commit ? `commit ${commit.sha.slice(0, 7)}${commit.changed ? " with changes" : ""}` : "no commit";
  return [
    `${mode} run of ${created.slice(0, 16).replace("T", " ")} UTC, ${seconds} s, seed ${seed}, ${version}`,
    `${cpu}, ${cores} cores, ${platform}, Node ${node}`,
    server ?? "unknown server",
    ...set,
  ].join("; ");
}

/** What must be read before the figures: that the run ended early, was disturbed, lacks something. */
export function noticesOf({ partial, failure, warnings, left_out }: Report): string[] {
  return [
    ...(partial
      ? [`Partial: the run ended early (${failure ?? "unknown"}); the figures are those of the blocks until then.`]
      : []),
    ...warnings,
    ...left_out.map(({ label, reason }) => `Left out: ${label}: ${reason}.`),
  ];
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;

function markdownTable({ title, head, rows }: Table): string {
  const rule = head.map((_, i) => (i === 0 ? "---" : "--:"));
  return [`## ${title}`, "", line(head), line(rule), ...rows.map(line)].join("\n");
}

/** The report's tables in Markdown, which a terminal also shows well enough. */
export function tables(report: Report): string {
  const notices = noticesOf(report).map((notice) => `> ${notice}`);
  const sections = [
    "# Load test",
    describeRun(report),
    ...(notices.length > 0 ? [notices.join("\n>\n")] : []),
    ...tablesOf(report).map(markdownTable),
  ];
  return sections.join("\n\n") + "\n";
}
