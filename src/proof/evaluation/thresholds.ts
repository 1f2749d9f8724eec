import { EvaluationError } from "./errors.js";
import type { Scores } from "./score.js";

const METRICS = {
  intent: (scores) => scores.intent?.accuracy,
  f1: (scores) => scores.slots?.f1,
  exact: (scores) => scores.exact_match,
  topic: (scores) => scores.topic?.accuracy,
  groups: (scores) => scores.topic?.groups_accuracy,
} as const satisfies Record<string, (scores: Scores) => number | undefined>;

export type Metric = keyof typeof METRICS;

/** The least that a metric may be, in per cent. */
export type Thresholds = ReadonlyMap<Metric, number>;

const isMetric = (name: string): name is Metric => Object.hasOwn(METRICS, name);

/** @param list as on the command line: `intent=95,f1=90`. */
export function parseThresholds(list: string): Thresholds {
  const thresholds = new Map<Metric, number>();
  for (const part of list.split(",")) {
    const [name = "", percent = ""] = part.split("=").map((side) => side.trim());
    if (!isMetric(name)) {
      throw new EvaluationError(`--fail-under: unknown score "${name}"; known are ${Object.keys(METRICS).join(", ")}`);
    }
    if (!/^\d+(\.\d+)?$/.test(percent) || Number(percent) > 100) {
      throw new EvaluationError(`--fail-under: "${part}" needs a number of per cent, 0 to 100, as in ${name}=90`);
    }
    thresholds.set(name, Number(percent));
  }
  return thresholds;
}

/**
 * Says for each file and threshold what fell short. A file without a metric is not held to it, but a metric that no
 * file has falls short: a check that checks nothing must not pass.
 */
export function shortfalls(files: readonly (Scores & { readonly file: string })[], thresholds: Thresholds): string[] {
  return [...thresholds].flatMap(([metric, percent]) => {
    const measured = files
      .map((scores) => ({ file: scores.file, value: METRICS[metric](scores) }))
      .filter(({ value }) => value !== undefined);
    if (measured.length === 0) return [`${metric}: not measured, required ${percent}`];
    return measured
      .filter(({ value = 0 }) => value < percent / 100)
      .map(({ file, value = 0 }) => `${metric}: ${(100 * value).toFixed(2)} is under ${percent} in ${file}`);
  });
}
