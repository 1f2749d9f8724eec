import { cpus, totalmem } from "node:os";
import type { Interval } from "./bootstrap.js";
import type { Columns } from "./columns.js";
import type { Mistakes } from "./mistakes.js";
import type { Options, Sample } from "./options.js";
import type { MeanUsage } from "./run.js";
import type { Scores } from "./score.js";

/** One data file's part of the report. */
export interface FileReport extends Scores {
  readonly file: string;
  /** Of the file as it lies there. */
  readonly sha256: string;
  /** Rows that were scored. */
  readonly rows: number;
  /** Of these, texts that the server refused (counted as wrong) and texts that it read in part. */
  readonly refused: number;
  readonly truncated: number;
  /** Mean over the answers. */
  readonly usage?: MeanUsage;
  /** Slot values that were written and left out, since the text does not say them. */
  readonly dropped_slots?: number;
  /** The labels that are taken for each other most. */
  readonly mistakes?: Mistakes;
  /** Row by row, when that was asked for: what a paired comparison needs. */
  readonly outcomes?: Columns;
}

export interface Report {
  readonly data: readonly FileReport[];
  /** `name@version` */
  readonly bundle: string;
  readonly engine: string;
  readonly environment: Environment;
  /** The options that say which rows were scored in what; what was not given is absent. */
  readonly options: ReportedOptions;
  /** Present when the run was interrupted: the figures are those of the rows until then. */
  readonly partial?: true;
}

export interface ReportedOptions {
  readonly tasks?: readonly string[];
  readonly limit?: number;
  readonly sample?: Sample;
  readonly cut?: "last-tenth";
  readonly strip_headers?: true;
  readonly perturb?: string;
}

export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memory_bytes: number;
}

export function environment(): Environment {
  const cores = cpus();
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memory_bytes: totalmem(),
  };
}

export function reportedOptions(options: Options): ReportedOptions {
  const { tasks, limit, sample, cut, stripHeaders, perturb } = options;
  return {
    ...(tasks && { tasks }),
    ...(limit !== undefined && { limit }),
    ...(sample && { sample }),
    ...(cut && { cut: "last-tenth" }),
    ...(stripHeaders && { strip_headers: true }),
    ...(perturb && { perturb }),
  };
}

/** A string, or an array of nothing but numbers: strings are matched so that what looks like an array inside them is not. */
const STRING_OR_NUMBERS = /"(?:[^"\\]|\\.)*"|\[[\d\s,.eE+-]+\]/g;

/** JSON to read and to compare line by line: indented, but a list of numbers stands in one line. */
export function readableJson(value: unknown): string {
  const indented = JSON.stringify(value, null, 2);
  return indented.replace(STRING_OR_NUMBERS, (part) => (part.startsWith('"') ? part : part.replace(/\s+/g, ""))) + "\n";
}

const percent = (fraction: number): string => (100 * fraction).toFixed(1);
const errors = (of: { ece: number; ece_as_served: number }) => [percent(of.ece), percent(of.ece_as_served)];
const between = ([low, high]: Interval): string => `${percent(low)} to ${percent(high)}`;

/** [score, value, interval, calibration errors] of what was scored. */
function lines({ intent, oos, slots, exact_match, exact_match_ci95, topic }: Scores): string[][] {
  const lines: string[][] = [];
  if (intent) lines.push(["intent accuracy", percent(intent.accuracy), between(intent.ci95), ...errors(intent)]);
  if (oos) {
    lines.push(["in-scope accuracy", percent(oos.in_scope_accuracy)], ["out-of-scope AUROC", percent(oos.auroc)]);
    lines.push(["rejected, out of scope", percent(oos.rejected_share_of_oos)]);
    lines.push(["rejected, in scope", percent(oos.rejected_share_of_in_scope)]);
  }
  if (slots) {
    lines.push(["slot F1", percent(slots.f1), between(slots.ci95), ...errors(slots)]);
    lines.push(["slot precision", percent(slots.precision)], ["slot recall", percent(slots.recall)]);
  }
  if (exact_match !== undefined && exact_match_ci95) {
    lines.push(["exact match", percent(exact_match), between(exact_match_ci95)]);
  }
  if (topic) lines.push(["topic accuracy", percent(topic.accuracy), between(topic.ci95), ...errors(topic)]);
  if (topic?.groups_accuracy !== undefined && topic.groups_ci95) {
    lines.push(["group accuracy", percent(topic.groups_accuracy), between(topic.groups_ci95)]);
  }
  return lines;
}

const HEADINGS = ["file", "rows", "score", "%", "95% interval", "ECE, cross-fitted", "ECE as served"];

/** The scores in per cent, for reading. */
export function table(files: readonly FileReport[]): string {
  const rows = files.flatMap((file) =>
    lines(file).map((line, i) => (i === 0 ? [file.file, String(file.rows), ...line] : ["", "", ...line])),
  );
  const cells = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
