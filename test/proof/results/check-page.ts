import { sampleOf, seeded } from "../../../src/statistics/random.js";
import type { FileReport } from "../../../src/proof/evaluation/report.js";
import type { AccuracyRecord, Results } from "../../../src/proof/results/store.js";

interface Row {
  /** `Accuracy/MASSIVE en-US, dev` */
  readonly place: string;
  /** The first cell, without its marks. */
  readonly name: string;
  /** The other cells by their heading; the second of two that are called alike has a 2. */
  readonly cells: ReadonlyMap<string, string>;
}

/** A number as a program writes it: without marks, plus and commas, with the minus of the keyboard. */
const plain = (cell: string): string => cell.replaceAll(/[`+,]/g, "").replaceAll("−", "-");

function rowOf(place: string, header: readonly string[], line: string): Row {
  const [name = "", ...cells] = line.slice(1, -1).split("|").map(plain);
  const seen = new Map<string, number>();
  const named = cells.map((cell, i): [string, string] => {
    const heading = header[i] ?? "";
    seen.set(heading, (seen.get(heading) ?? 0) + 1);
    return [heading + (seen.get(heading) === 1 ? "" : String(seen.get(heading))), cell.trim()];
  });
  return { place, name: name.trim(), cells: new Map(named) };
}

/** The rows of all tables of a Markdown page, by the headings that they stand under. */
export function rowsOf(page: string): Row[] {
  const headings: string[] = [];
  const rows: Row[] = [];
  let header: string[] | undefined;
  for (const line of page.split("\n")) {
    const [, marks = "", title = ""] = /^##(#*) (.*)$/.exec(line) ?? [];
    if (title !== "") headings.splice(marks.length, 2, title);
    if (!line.startsWith("|")) header = undefined;
    else if (header) rows.push(rowOf(headings.join("/"), header, line));
    else
      header = plain(line)
        .slice(1, -1)
        .split("|")
        .slice(1)
        .map((cell) => cell.trim());
  }
  return rows.filter(({ name }) => !/^-+$/.test(name));
}

const percent = (fraction: number): string => (100 * fraction).toFixed(1).replace(/^-0\.0$/, "0.0");
const interval = (value: number, [low, high]: readonly [number, number]): string =>
  `${percent(value)} (${percent(low)} to ${percent(high)})`;

function accuracyCells({
  rows,
  intent,
  slots,
  exact_match,
  exact_match_ci95,
  topic,
}: FileReport): Record<string, string> {
  return {
    rows: String(rows),
    ...(intent && { intent: interval(intent.accuracy, intent.ci95) }),
    ...(slots && { "slot F1": interval(slots.f1, slots.ci95) }),
    ...(exact_match_ci95 && { "exact match": interval(exact_match!, exact_match_ci95) }),
    ...(topic && { "20 topics": interval(topic.accuracy, topic.ci95) }),
    ...(topic?.groups_ci95 && { "7 groups": interval(topic.groups_accuracy!, topic.groups_ci95) }),
  };
}

const sum = (column: readonly number[] = []): number => column.reduce((total, value) => total + value, 0);

/** A score straight from the outcomes, of some of the rows. */
function scoreFrom({ report }: AccuracyRecord, score: string, rows: readonly number[] | undefined): number {
  const outcomes = report.data[0]!.outcomes!;
  const column = (name: keyof typeof outcomes) =>
    outcomes[name]?.filter((_, row) => rows === undefined || rows.includes(row));
  if (score === "slot F1") {
    return (2 * sum(column("slots_matched"))) / (sum(column("slots_predicted")) + sum(column("slots_gold")));
  }
  const names = { intent: "intent", "exact match": "exact", "20 topics": "topic", "7 groups": "group" } as const;
  const own = column(names[score as keyof typeof names]);
  return sum(own) / own!.length;
}

function differenceCells(records: readonly AccuracyRecord[], { name, cells }: Row): Record<string, string> {
  const own = name.split(" - ").map((system) => records.find((one) => one.system === system)!);
  const sample = own.map(({ report }) => report.options.sample).find((one) => one !== undefined);
  const [one, other] = own.map((record) => {
    const whole = record.report.options.sample === undefined;
    const rows = sample && whole ? sampleOf(record.report.data[0]!.rows, sample.size, seeded(sample.seed)) : undefined;
    return scoreFrom(record, cells.get("score")!, rows);
  });
  return { difference: percent(one! - other!) };
}

function latencyCells({ targets, ratios }: NonNullable<Results["loadTest"]>, { name }: Row): Record<string, string> {
  const target = targets.find(({ label }) => label === name)?.one_client[0];
  if (target) {
    const ms = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
    const { inference, http, tokens } = target;
    return {
      requests: String(http.count),
      "inference p50": ms(inference.p50),
      p95: ms(inference.p95),
      "HTTP p50": ms(http.p50),
      p952: ms(http.p95),
      "tokens read": String(Number(tokens.prompt.toFixed(1))),
      "of these cached": String(Number(tokens.cached.toFixed(1))),
      written: String(Number(tokens.generated.toFixed(1))),
    };
  }
  const ratio = ratios[name.replace(" / ", "/")]!;
  const times = (value: number, [low, high]: readonly [number, number]) => {
    const [a, b, c] = [value, low, high].map((one) => one.toPrecision(3));
    return `${a!} (${b!} to ${c!})`;
  };
  return {
    "inference p50": times(ratio.p50, ratio.ci95),
    p95: times(ratio.p95, ratio.p95_ci95),
    "HTTP p50": times(ratio.http.p50, ratio.http.ci95),
    p952: times(ratio.http.p95, ratio.http.p95_ci95),
  };
}

const PAPER = {
  "20NG 20 topics": "91.9",
  "20NG 7 groups": "96.5",
  "MASSIVE intent": "90.8",
  "MASSIVE slot F1": "86.0",
};

function paperCells({ accuracy }: Results, { name }: Row): Record<string, string> {
  if (!name.endsWith("here")) return PAPER;
  const files = accuracy.filter(({ system }) => system === name.split(" ")[0]).map(({ report }) => report.data[0]!);
  const topic = files.find((file) => file.topic)?.topic;
  const massive = files.find((file) => file.intent);
  return {
    ...(topic && { "20NG 20 topics": percent(topic.accuracy), "20NG 7 groups": percent(topic.groups_accuracy!) }),
    ...(massive && {
      "MASSIVE intent": percent(massive.intent!.accuracy),
      "MASSIVE slot F1": percent(massive.slots!.f1),
    }),
  };
}

/** What the cells of a row must be, by the JSON alone; undefined for a table of words. */
function expectedCells(results: Results, row: Row): Record<string, string> | undefined {
  const [section, title] = row.place.split("/");
  const records = results.accuracy.filter(
    ({ set }) => set === (title?.startsWith("MASSIVE") ? "massive" : "newsgroups"),
  );
  if (section === "Accuracy") return accuracyCells(records.find(({ system }) => system === row.name)!.report.data[0]!);
  if (section === "Paired differences") return differenceCells(records, row);
  if (section === "Latency") return latencyCells(results.loadTest!, row);
  if (section === "The paper") return paperCells(results, row);
  if (section !== "Memory") return undefined;
  const { files_bytes, requests, resident_bytes } = results.memory.find(({ system }) => system === row.name)!;
  return {
    "files of the bundle": (files_bytes / 2 ** 20).toFixed(0),
    requests: String(requests),
    resident: (resident_bytes / 2 ** 20).toFixed(0),
  };
}

/** Cells whose number is not that of the JSON, `row, column: found, expected`; and how many cells were looked at. */
export function checkNumbers(page: string, results: Results): { checked: number; faults: string[] } {
  const faults: string[] = [];
  let checked = 0;
  for (const row of rowsOf(page)) {
    for (const [column, expected] of Object.entries(expectedCells(results, row) ?? {})) {
      const found = row.cells.get(column);
      checked += 1;
      if (found !== expected) faults.push(`${row.name}, ${column}: ${found ?? "nothing"}, ${expected}`);
    }
  }
  return { checked, faults };
}
