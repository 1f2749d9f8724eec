import { cpus, totalmem } from "node:os";
import type { Interval } from "./bootstrap.js";
import type { Options } from "./options.js";
import type { Scores } from "./score.js";

/** One data file's part of the report. */
export interface FileReport extends Scores {
  readonly file: string;
  /** Rows that were scored. */
  readonly rows: number;
  /** Of these, texts that the server refused (counted as wrong) and texts that it read in part. */
  readonly refused: number;
  readonly truncated: number;
}

export interface Report {
  readonly data: readonly FileReport[];
  /** `name@version` */
  readonly bundle: string;
  readonly environment: Environment;
  /** The options that shaped the figures; what was not given is absent. */
  readonly options: ReportedOptions;
  /** Present when the run was interrupted: the figures are those of the rows until then. */
  readonly partial?: true;
}

export interface ReportedOptions {
  readonly engine?: string;
  readonly tasks?: readonly string[];
  readonly limit?: number;
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

export function reportedOptions({ engine, tasks, limit, cut, stripHeaders, perturb }: Options): ReportedOptions {
  return {
    ...(engine !== undefined && { engine }),
    ...(tasks && { tasks }),
    ...(limit !== undefined && { limit }),
    ...(cut && { cut: "last-tenth" }),
    ...(stripHeaders && { strip_headers: true }),
    ...(perturb && { perturb }),
  };
}

const percent = (fraction: number): string => (100 * fraction).toFixed(1);
const between = ([low, high]: Interval): string => `${percent(low)} to ${percent(high)}`;

/** [score, value, interval, calibration error] of what was scored. */
function lines({ intent, slots, exact_match, topic }: Scores): string[][] {
  const lines: string[][] = [];
  if (intent) lines.push(["intent accuracy", percent(intent.accuracy), between(intent.ci95), percent(intent.ece)]);
  if (slots) {
    lines.push(["slot F1", percent(slots.f1), between(slots.ci95), percent(slots.ece)]);
    lines.push(["slot precision", percent(slots.precision)], ["slot recall", percent(slots.recall)]);
  }
  if (exact_match !== undefined) lines.push(["exact match", percent(exact_match)]);
  if (topic) lines.push(["topic accuracy", percent(topic.accuracy), between(topic.ci95), percent(topic.ece)]);
  if (topic?.groups_accuracy !== undefined) lines.push(["group accuracy", percent(topic.groups_accuracy)]);
  return lines;
}

/** The scores in per cent, for reading. */
export function table(files: readonly FileReport[]): string {
  const rows = files.flatMap((file) =>
    lines(file).map((line, i) => (i === 0 ? [file.file, String(file.rows), ...line] : ["", "", ...line])),
  );
  const cells = [["file", "rows", "score", "%", "95% interval", "ECE"], ...rows];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
