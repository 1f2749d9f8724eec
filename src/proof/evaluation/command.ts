import { access, constants, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Classifier } from "./classifier.js";
import { EvaluationError } from "./errors.js";
import { evaluate } from "./evaluate.js";
import { STDOUT, tellReport } from "./json-file.js";
import { loadData } from "./load.js";
import type { Options } from "./options.js";
import type { Screen } from "../../screen.js";
import { progressOn } from "./progress.js";
import { environment, readableJson, reportedOptions, table, type Report } from "./report.js";
import { shortfalls } from "./thresholds.js";

/** What the command meets outside itself. */
export interface Surroundings {
  /** Loads the bundle, ready to answer. */
  open(options: Pick<Options, "bundle" | "engine">): Promise<Classifier & AsyncDisposable>;
  /** Aborted when the scores so far are wanted. */
  readonly stop: AbortSignal;
  readonly stdout: Screen;
  readonly stderr: Screen;
}

/** Exit codes; `interrupted` is 128 + SIGINT, as shells have it. */
const EXIT = { done: 0, fellShort: 1, badInput: 2, interrupted: 130 } as const;

/** Loads the data, then the bundle, and scores. @throws EvaluationError, OnepassError */
export async function makeReport(
  options: Options,
  surroundings: Pick<Surroundings, "open" | "stop" | "stderr">,
): Promise<Report> {
  const { stop, stderr } = surroundings;
  const files = await loadData(options.data, options);
  await using classifier = await surroundings.open(options);
  using progress = progressOn(stderr);
  const scored = await evaluate(files, classifier, options.tasks, stop, progress);
  return {
    data: options.outcomes ? scored : scored.map(({ outcomes: _, ...report }) => report),
    bundle: classifier.model,
    engine: classifier.engine,
    environment: environment(),
    options: reportedOptions(options),
    ...(stop.aborted && { partial: true }),
  };
}

/** `onepass evaluate`. Returns the exit code. @throws EvaluationError, OnepassError, ConfigError */
export async function evaluateCommand(options: Options, surroundings: Surroundings): Promise<number> {
  const { json, thresholds } = options;
  if (json !== undefined) await makeRoom(json); // told before the work and not after
  const report = await makeReport(options, surroundings);
  const words = table(report.data) + "\n";
  await tellReport({ json: readableJson(report), words, file: json }, surroundings.stdout);
  if (report.partial) return EXIT.interrupted;
  const short = shortfalls(report.data, thresholds);
  for (const line of short) surroundings.stderr.write(`fell short: ${line}\n`);
  return short.length > 0 ? EXIT.fellShort : EXIT.done;
}

/** @throws EvaluationError when no report can be written at `file`. */
export async function makeRoom(file: string): Promise<void> {
  if (file === STDOUT) return;
  try {
    await mkdir(dirname(file), { recursive: true });
    await access(dirname(file), constants.W_OK);
  } catch (cause) {
    throw new EvaluationError(`--json: ${file} can't be written: ${String(cause)}`, { cause });
  }
}
