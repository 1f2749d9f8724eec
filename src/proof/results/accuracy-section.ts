import type { AccuracyRecord } from "./store.js";
import { completeOn, fileOf, scoreOf, type Comparisons } from "./scores.js";
import { HEADINGS, SETS, SYSTEMS, type DataSet } from "./systems.js";
import { between, count, listed, markdownTable, percent, points } from "./tables.js";

/** Systems of which a set has no whole result, and why. */
function leftOut(set: DataSet, records: readonly AccuracyRecord[]): string[] {
  return SYSTEMS.filter(({ label }) => !completeOn(set, records).some(({ system }) => system === label)).map(
    ({ label, madeBy }) => {
      const partial = records.find(({ system, set: name }) => system === label && name === set.name);
      if (partial) return `\`${label}\` (interrupted after ${count(fileOf(partial).rows)} rows)`;
      return madeBy === undefined ? `\`${label}\`` : `\`${label}\` (${madeBy} says how to make it)`;
    },
  );
}

/** `a` and `b` */
const named = (records: readonly AccuracyRecord[]): string => listed(records.map(({ system }) => `\`${system}\``));

/** Which rows a system was scored on, when not on all of the set. */
function narrowingOf({ report: { options } }: AccuracyRecord): string | undefined {
  const { sample, limit } = options;
  const drawn = sample ? `${count(sample.size)} rows drawn with seed ${sample.seed}` : undefined;
  const first = limit === undefined ? undefined : `the first ${count(limit)} ${drawn ? "of these" : "rows"}`;
  return [drawn, first].filter((part) => part !== undefined).join(", ") || undefined;
}

function narrowingNotes(complete: readonly AccuracyRecord[]): string[] {
  const kinds = new Set(complete.map(narrowingOf).filter((narrowing) => narrowing !== undefined));
  return [...kinds].map((narrowing) => {
    const records = complete.filter((record) => narrowingOf(record) === narrowing);
    return `${named(records)}: scored on ${narrowing}.`;
  });
}

/** What a reader must know to compare the rows of a table. */
function notes(set: DataSet, records: readonly AccuracyRecord[]): string[] {
  const complete = completeOn(set, records);
  const missing = leftOut(set, records);
  return [
    ...narrowingNotes(complete),
    ...complete.flatMap(countNotes),
    ...(missing.length > 0 ? [`Left out, since there is no whole result: ${listed(missing)}.`] : []),
  ];
}

function countNotes({ system, report }: AccuracyRecord): string[] {
  const { refused = 0, truncated = 0, dropped_slots: dropped = 0 } = report.data[0] ?? {};
  return [
    ...(refused > 0 ? [`\`${system}\` refused ${count(refused)} texts, which count as wrong.`] : []),
    ...(truncated > 0 ? [`\`${system}\` read ${count(truncated)} texts in part, since they are too long for it.`] : []),
    ...(dropped > 0
      ? [`\`${system}\` wrote ${count(dropped)} slot values that the text does not say; they were left out.`]
      : []),
  ];
}

function accuracyTable(set: DataSet, records: readonly AccuracyRecord[]): string {
  const rows = completeOn(set, records).map((record) => [
    `\`${record.system}\``,
    `\`${record.report.bundle}\``,
    count(fileOf(record).rows),
    ...set.measures.map((measure) => {
      const score = scoreOf(fileOf(record), measure);
      return score ? `${percent(score.value)} ${between(score.ci95)}` : "";
    }),
  ]);
  return markdownTable(["system", "bundle", "rows", ...set.measures.map((measure) => HEADINGS[measure])], rows, 2);
}

export function accuracySection(records: readonly AccuracyRecord[]): string {
  const sets = SETS.filter((set) => completeOn(set, records).length > 0).map((set) =>
    [`### ${set.title}`, accuracyTable(set, records), notes(set, records).join("\n")].filter(Boolean).join("\n\n"),
  );
  return [
    "## Accuracy",
    `Per cent, with 95 % bootstrap intervals. Made by \`npm run results\`; one system alone by \`npm run results -- --only SYSTEM\`,
one figure by \`npm run evaluate -- --bundle DIR --engine ENGINE --data FILE\` with \`--cut last-tenth\` for the posts.`,
    ...sets,
  ].join("\n\n");
}

export function differencesSection({ pairs, refused }: Comparisons): string {
  const tables = SETS.map((set) => {
    const rows = pairs
      .filter((pair) => pair.set === set)
      .flatMap(({ one, other, rows, differences }) =>
        differences.map(([measure, { difference, ci95, at_most_zero }]) => [
          `\`${one}\` − \`${other}\``,
          HEADINGS[measure],
          count(rows),
          points(difference),
          between(ci95, points),
          at_most_zero.toFixed(3),
        ]),
      );
    const header = ["first − second", "score", "rows", "difference", "95 % interval", "share ≤ 0"];
    return rows.length > 0 ? `### ${set.title}\n\n${markdownTable(header, rows, 2)}` : "";
  });
  if (pairs.length === 0 && refused.length === 0)
    return "## Paired differences\n\nNo two systems were scored on the same rows.";
  return [
    "## Paired differences",
    `Points of per cent between two systems on the same rows: every bootstrap resample draws the same rows for both, 1,000 times.
*share ≤ 0*: the share of resamples in which the first is no better than the second. Computed from the outcomes that
\`npm run results\` keeps row by row in \`docs/results/accuracy/\`; \`npm run results -- --render\` does it again.`,
    ...tables.filter(Boolean),
    ...(refused.length > 0 ? [`Not paired: ${refused.join("; ")}.`] : []),
  ].join("\n\n");
}
