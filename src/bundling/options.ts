import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { BundlingError } from "./errors.js";

export const USAGE = `Makes a bundle of encoders that Hugging Face's tools exported to ONNX.

npm run bundle:encoder -- --intent FOLDER [--slots FOLDER] [--topic FOLDER] --out models/NAME [options]

  --intent FOLDER      a text classifier's folder: config.json, tokenizer.json and model.onnx (or onnx/model.onnx)
  --slots FOLDER       a token classifier's, with BIO tags
  --topic FOLDER       a text classifier's; tasks that share a folder share its graph
  --out DIR            the folder to make; its last part is the bundle's name unless --name gives another
  --file NAME          the graph's file in each folder; model.onnx by default, or else model_quantized.onnx
  --output TASK=NAME   the graph's output for a task; needed where it has several that no task is named after
  --groups FILE        JSON object: the group of each topic; by default each topic is its own
  --text-case CASE     keep (default) or lower: how the models' training texts were written
  --schedule NAME      in-turn (default) or side-by-side: whether the graphs run one after the other or at once
  --version, --description, --language, --license   as the manifest names them
  --hard-link          hard-link the files instead of copying them

Exit codes: 0 done, 2 bad options or folders.`;

export interface Options {
  /** Folder of each task's model, absolute. */
  readonly folders: ReadonlyMap<TaskName, string>;
  readonly out: string;
  readonly name: string;
  readonly file?: string;
  readonly outputs: Partial<Record<TaskName, string>>;
  /** Group by topic. */
  readonly groups?: Readonly<Record<string, string>>;
  readonly lowercase: boolean;
  readonly schedule: "in-turn" | "side-by-side";
  readonly version: string;
  readonly description?: string;
  readonly language: string;
  readonly license: string;
  readonly hardLink: boolean;
}

const string = { type: "string" } as const;
const OPTIONS = {
  intent: string,
  slots: string,
  topic: string,
  out: string,
  name: string,
  file: string,
  output: { type: "string", multiple: true },
  groups: string,
  "text-case": { type: "string", default: "keep" },
  schedule: { type: "string", default: "in-turn" },
  version: { type: "string", default: "0.1.0" },
  description: string,
  language: { type: "string", default: "en" },
  license: { type: "string", default: "unknown" },
  "hard-link": { type: "boolean", default: false },
  help: { type: "boolean", short: "h" },
} as const;

/** @returns "help" when that is asked for. @throws BundlingError that names the option at fault */
export function parseOptions(args: readonly string[]): Options | "help" {
  const values = parse(args);
  if (values.help) return "help";
  const folders = new Map<TaskName, string>();
  for (const task of TASK_NAMES) {
    const folder = values[task];
    if (folder !== undefined) folders.set(task, resolve(folder));
  }
  if (folders.size === 0) throw new BundlingError("--intent, --slots or --topic is missing: the folder of a model");
  if (values.out === undefined) throw new BundlingError("--out is missing: the folder to make");
  const out = resolve(values.out);
  const { file, description, groups } = values;
  return {
    folders,
    out,
    name: values.name ?? basename(out),
    outputs: outputsOf(values.output ?? []),
    lowercase: oneOf("text-case", values["text-case"], ["keep", "lower"]) === "lower",
    schedule: oneOf("schedule", values.schedule, ["in-turn", "side-by-side"]),
    version: values.version,
    language: values.language,
    license: values.license,
    hardLink: values["hard-link"],
    ...(file !== undefined && { file }),
    ...(description !== undefined && { description }),
    ...(groups !== undefined && { groups: readGroups(groups) }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (cause) {
    throw new BundlingError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function oneOf<T extends string>(flag: string, value: string, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found === undefined) throw new BundlingError(`--${flag}: "${value}" is unknown; known are ${known.join(", ")}`);
  return found;
}

/** `["intent=logits"]` -> `{ intent: "logits" }`. */
function outputsOf(pairs: readonly string[]): Partial<Record<TaskName, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [task = "", ...name] = pair.split("=");
      if (name.join("=") === "") throw new BundlingError(`--output: "${pair}" is not TASK=NAME`);
      return [oneOf("output", task, TASK_NAMES), name.join("=")];
    }),
  );
}

function readGroups(file: string): Record<string, string> {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new BundlingError(`--groups: ${file} is no JSON object of group names by topic`, { cause });
  }
}
