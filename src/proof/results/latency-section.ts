import type { LoadTest } from "./loadtest.js";
import type { MemoryRecord } from "./store.js";
import { SYSTEMS } from "./systems.js";
import { between, count, listed, markdownTable, mebibytes, milliseconds, ratio } from "./tables.js";

const command = (mode: string): string =>
  `npm run loadtest -- ${mode === "quick" ? "--quick " : ""}--json docs/results/loadtest.json`;

/** A mean number of tokens. */
const tokens = (mean: number): string => String(Math.round(10 * mean) / 10);

function latencyTable({ targets }: LoadTest): string {
  const rows = targets.flatMap(({ label, model, one_client: [alone] }) => {
    if (!alone) return [];
    const { inference, http } = alone;
    const { prompt, cached, generated } = alone.tokens;
    return [
      [
        `\`${label}\``,
        `\`${model}\``,
        count(http.count),
        ...[inference.p50, inference.p95, http.p50, http.p95].map(milliseconds),
        ...[prompt, cached, generated].map(tokens),
      ],
    ];
  });
  const times = ["inference p50", "p95", "HTTP p50", "p95"];
  return markdownTable(["engine", "model", "requests", ...times, "tokens read", "of these cached", "written"], rows, 2);
}

function ratioTable({ ratios }: LoadTest): string {
  const rows = Object.entries(ratios).map(([pair, { http, ...inference }]) => [
    `\`${pair.replace("/", "` / `")}\``,
    ...[inference, http].flatMap(({ p50, ci95, p95, p95_ci95 }) => [
      `${ratio(p50)} ${between(ci95, ratio)}`,
      `${ratio(p95)} ${between(p95_ci95, ratio)}`,
    ]),
  ]);
  return markdownTable(["first / second", "inference p50", "p95", "HTTP p50", "p95"], rows);
}

/** Whose times the ratios to a path of two ways are. */
function fasterWays({ ratios }: LoadTest): string[] {
  return Object.entries(ratios)
    .filter(([pair, { against }]) => !pair.endsWith(`/${against}`))
    .map(([pair, { against }]) => `\`${pair.split("/")[1] ?? ""}\` is the faster of its two ways, \`${against}\`.`);
}

/** Targets whose weights are random: they have a speed and no accuracy. */
function shapesNote({ targets }: LoadTest): string[] {
  const shapes = targets.filter(({ model }) => model.startsWith("roberta-")).map(({ label }) => `\`${label}\``);
  if (shapes.length === 0) return [];
  return [
    `Random weights in the shape of RoBERTa, by \`npm run shapes\`, since speed does not depend on them: ${listed(shapes)}.`,
  ];
}

export function latencySection(loadTest: LoadTest | undefined): string {
  const title = "## Latency";
  if (!loadTest) return `${title}\n\nNo load test is recorded; \`${command("full")}\` makes one.`;
  const { options, environment, warnings, left_out: leftOut, partial, failure, ratios } = loadTest;
  const set = loadTest.targets[0]?.one_client[0]?.set ?? options.texts;
  const told = [
    ...(partial
      ? [`The run ended early${failure === undefined ? "" : ` (${failure})`}: these are its figures until then.`]
      : []),
    ...warnings,
    ...fasterWays(loadTest),
    ...shapesNote(loadTest),
    ...(leftOut.length > 0
      ? [`Left out: ${leftOut.map(({ label, reason }) => `\`${label}\` (${reason})`).join("; ")}.`]
      : []),
  ];
  return [
    title,
    `Milliseconds of one client that sends one text after the other, engines interleaved block by block in random order. Made by
\`${command(loadTest.mode)}\`: texts *${set}*, tasks ${listed(options.tasks)}; ${environment.cpu}, ${environment.cores} cores. *Inference* is the server's
\`timing_ms.inference\`, *HTTP* what the client waits. Tokens are means of one request.`,
    latencyTable(loadTest),
    ...(Object.keys(ratios).length > 0
      ? [
          `How many times as long the first takes, with 95 % bootstrap intervals over rounds and answers:`,
          ratioTable(loadTest),
        ]
      : []),
    ...(told.length > 0 ? [told.join("\n")] : []),
  ].join("\n\n");
}

export function memorySection(memory: readonly MemoryRecord[]): string {
  const rows = SYSTEMS.flatMap(({ label }) => {
    const record = memory.find(({ system }) => system === label);
    if (!record) return [];
    const { bundle, files_bytes: files, requests, resident_bytes: resident } = record;
    return [[`\`${label}\``, `\`${bundle}\``, mebibytes(files), count(requests), mebibytes(resident)]];
  });
  const title = "## Memory";
  if (rows.length === 0) return `${title}\n\nNone is recorded; \`npm run results\` measures it.`;
  return [
    title,
    `MiB of a server that has this bundle alone, after it has answered the requests, all tasks of the bundle each; every row is a process of its
own. Made by \`npm run results\`. *Resident* is Linux's \`VmRSS\` of the server and its worker processes, added up: Node and the native
libraries, the pages of the weights that were read, every buffer. The engines of one bundle share a process and its weights: their
rows differ by what an engine adds when it is used, and are not to be added up.`,
    markdownTable(["system", "bundle", "files of the bundle", "requests", "resident"], rows, 2),
  ].join("\n\n");
}
