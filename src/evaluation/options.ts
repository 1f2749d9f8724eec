import { parseArgs } from "node:util";
import { ENGINE_NAMES, type EngineName } from "../engines/engine.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { EvaluationError } from "./errors.js";
import { PERTURBATIONS, type PerturbationName } from "./perturb.js";
import { parseThresholds, type Thresholds } from "./thresholds.js";

export const USAGE = `Scores a bundle on labelled rows, through the engine that serves it.

npm run evaluate -- --bundle models/NAME --data FILE [--data FILE …] [options]

  --bundle DIR         the bundle's folder
  --data FILE          .jsonl or .jsonl.gz, one row a line; may be repeated
  --engine NAME        the engine that must answer; by default the bundle's first
  --tasks LIST         of ${TASK_NAMES.join(",")}: score these only
  --limit N            score the first N rows of each file, after the cut and the sample
  --sample N           score N rows of each file, after the cut, chosen by --seed and left in their order
  --seed N             of the sample, 0 by default
  --cut last-tenth     score the last tenth of each topic by post number (the number that ends a row's id)
  --strip-headers      leave out what stands before the first empty line of a text
  --perturb NAME       change the texts: ${Object.keys(PERTURBATIONS).join(" | ")}
  --json FILE          write the scores there, as fractions of 1
  --outcomes           and row by row what was right, for a paired comparison; no text and no label
  --fail-under LIST    the least scores in per cent, as in intent=95,f1=90; also exact, topic, groups

Exit codes: 0 done, 1 a score fell short, 2 bad options, data or bundle, 130 interrupted (scores so far are written).`;

/** Rows drawn from those of a file. */
export interface Sample {
  readonly size: number;
  readonly seed: number;
}

export interface Options {
  readonly bundle: string;
  readonly data: readonly string[];
  readonly engine?: EngineName;
  /** What was asked for; absent: all that rows and bundle have in common. */
  readonly tasks?: readonly TaskName[];
  readonly limit?: number;
  readonly sample?: Sample;
  readonly cut: boolean;
  readonly stripHeaders: boolean;
  readonly perturb?: PerturbationName;
  readonly json?: string;
  readonly outcomes: boolean;
  readonly thresholds: Thresholds;
}

const STRINGS = [
  "bundle",
  "engine",
  "tasks",
  "limit",
  "sample",
  "seed",
  "cut",
  "perturb",
  "json",
  "fail-under",
] as const;

function parse(args: readonly string[]) {
  const strings = Object.fromEntries(STRINGS.map((name) => [name, { type: "string" }])) as Record<
    (typeof STRINGS)[number],
    { type: "string" }
  >;
  try {
    const flags = {
      data: { type: "string", multiple: true },
      "strip-headers": { type: "boolean" },
      outcomes: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    } as const;
    return parseArgs({ args: [...args], options: { ...strings, ...flags } }).values;
  } catch (cause) {
    throw new EvaluationError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** `value` as one of `known`. */
function oneOf<T extends string>(flag: string, value: string, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found === undefined) throw new EvaluationError(`--${flag}: "${value}" is unknown; known are ${known.join(", ")}`);
  return found;
}

function positive(flag: string, value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new EvaluationError(`--${flag}: "${value}" is no whole number above 0`);
  return Number(value);
}

const MAX_SEED = 2 ** 32 - 1;

function parseSample(size: string | undefined, seed = "0"): Sample | undefined {
  if (!/^\d{1,10}$/.test(seed) || Number(seed) > MAX_SEED) {
    throw new EvaluationError(`--seed: "${seed}" is no whole number from 0 to ${MAX_SEED}`);
  }
  return size === undefined ? undefined : { size: positive("sample", size), seed: Number(seed) };
}

/**
 * @returns "help" when that is asked for.
 * @throws EvaluationError that names the option at fault.
 */
export function parseOptions(args: readonly string[]): Options | "help" {
  const values = parse(args);
  if (values.help) return "help";
  const { bundle, data, engine, tasks, limit, cut, perturb, json, outcomes = false } = values;
  if (bundle === undefined) throw new EvaluationError("--bundle is missing: the folder of the bundle to score");
  if (data === undefined) throw new EvaluationError("--data is missing: a file of labelled rows");
  if (cut !== undefined) oneOf("cut", cut, ["last-tenth"]);
  if (outcomes && json === undefined) throw new EvaluationError("--outcomes: needs --json FILE to write them to");
  if (values.seed !== undefined && values.sample === undefined) throw new EvaluationError("--seed: needs --sample N");
  const sample = parseSample(values.sample, values.seed);
  return {
    bundle,
    data,
    cut: cut !== undefined,
    stripHeaders: values["strip-headers"] ?? false,
    outcomes,
    thresholds: values["fail-under"] === undefined ? new Map() : parseThresholds(values["fail-under"]),
    ...(limit !== undefined && { limit: positive("limit", limit) }),
    ...(sample && { sample }),
    ...(engine !== undefined && { engine: oneOf("engine", engine, ENGINE_NAMES) }),
    ...(tasks !== undefined && { tasks: tasks.split(",").map((task) => oneOf("tasks", task.trim(), TASK_NAMES)) }),
    ...(perturb !== undefined && {
      perturb: oneOf("perturb", perturb, Object.keys(PERTURBATIONS) as PerturbationName[]),
    }),
    ...(json !== undefined && { json }),
  };
}
