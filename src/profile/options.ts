import { parseArgs } from "node:util";
import { ENGINE_NAMES, type EngineName } from "../engines/engine.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { OptionError } from "./errors.js";

export const USAGE = `Shows where the time of the server's own code goes, as a flame graph. docs/latency.md says how to read it.

npm run profile -- [options]

  --engine NAME    ${ENGINE_NAMES.join(" | ")}; by default single-pass
  --model NAME     a model that has this engine; by default the first one
  --seconds N      how long to ask and to measure, 1 to 600; by default 10
  --clients N      how many ask at the same time, each one text after the other; by default 1
  --text TEXT      what they ask
  --tasks LIST     of ${TASK_NAMES.join(",")}; by default intent,slots
  --out FILE       the page to write; by default profile.html

A server is started for it, with the ONEPASS_* settings of the environment, and stopped again.
Exit codes: 0 done, 1 the server failed, 2 bad options.`;

export interface Options {
  readonly engine: EngineName;
  readonly model?: string;
  readonly seconds: number;
  readonly clients: number;
  readonly text: string;
  readonly tasks: readonly TaskName[];
  readonly out: string;
}

const DEFAULTS = {
  engine: "single-pass",
  seconds: "10",
  clients: "1",
  text: "wake me up at nine am on friday",
  tasks: "intent,slots",
  out: "profile.html",
};

/** Undefined when help was asked for. @throws OptionError that names the option at fault */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { help, model, ...given } = parse(args);
  if (help) return undefined;
  const { engine, seconds, clients, text, tasks, out } = { ...DEFAULTS, ...given };
  if (text.trim() === "") throw new OptionError("--text: the text is empty or white space");
  if (out === "") throw new OptionError("--out: the name of the file is empty");
  return {
    engine: oneOf(ENGINE_NAMES, "--engine", engine),
    ...(model !== undefined && { model }),
    seconds: whole("--seconds", seconds, 600),
    clients: whole("--clients", clients, 256),
    text,
    tasks: tasks.split(",").map((task) => oneOf(TASK_NAMES, "--tasks", task)),
    out,
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const options = { engine: text, model: text, seconds: text, clients: text, text, tasks: text, out: text };
  try {
    return parseArgs({ args: [...args], options: { ...options, help: { type: "boolean" } } }).values;
  } catch (cause) {
    throw new OptionError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function oneOf<Name extends string>(names: readonly Name[], option: string, given: string): Name {
  const found = names.find((name) => name === given);
  if (found === undefined) throw new OptionError(`${option}: "${given}" is none of ${names.join(", ")}`);
  return found;
}

function whole(option: string, given: string, most: number): number {
  const number = /^\d{1,9}$/.test(given) ? Number(given) : NaN;
  if (number >= 1 && number <= most) return number;
  throw new OptionError(`${option}: "${given}" is no whole number from 1 to ${most}`);
}
