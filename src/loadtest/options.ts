import { parseArgs } from "node:util";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { LoadTestError } from "./errors.js";
import { parseWishes, type Wish } from "./targets.js";
import { SET_NAMES, type SetName } from "./texts.js";

export const USAGE = `Measures the engines of a onepass server over HTTP, side by side. docs/loadtest.md says how and why.

npm run loadtest -- [options]

  --quick              one client, prompts of 11 tokens, a minute in all; otherwise everything
  --url URL            a server that runs; by default one is started, on models/ and shapes/, and stopped again
  --port N             port of the started server; by default any free one
  --gpu                start it with ONEPASS_GPU=cuda, and try up to 64 clients
  --targets LIST       engine[:model],…; by default all that the server has of the usual ones
  --tasks LIST         of ${TASK_NAMES.join(",")}; by default intent,slots
  --set NAME           the main texts: ${SET_NAMES.join(" | ")}; by default mixed, eleven with --quick
  --texts FILE         texts of your own instead, one a line, or JSON Lines with "text"
  --clients LIST       closed loop: numbers of clients; by default 1,2,4,8
  --loads LIST         open loop: per cent of each engine's capacity, or none; by default 25,50,75,90,110,150
  --rounds N           how often every closed-loop block is run; by default 4
  --block-seconds S    length of a closed-loop block; by default 2
  --load-seconds S     length of an open-loop block; by default 6, longer where it would hold under 20 requests
  --seed N             of every random choice; by default 1
  --accuracy FILE      JSON, {label: {intent, slot_f1}}, fractions of 1, for the plot of accuracy against latency
  --json FILE          every block, the environment, the ratios
  --html FILE          a report with plots, in one file
  --markdown FILE      the tables, which are also printed
  --dry-run            print what would be run, start nothing

Exit codes: 0 done, 1 the server ended or failed, 2 bad options or data, 130 interrupted. After 1 and 130 the blocks so
far are written.`;

export interface Options {
  readonly quick: boolean;
  readonly url?: string;
  readonly port?: number;
  readonly gpu: boolean;
  /** What was asked for; absent: the usual targets. */
  readonly targets?: readonly Wish[];
  readonly tasks: readonly TaskName[];
  readonly set: SetName;
  readonly texts?: string;
  readonly clients: readonly number[];
  /** Per cent of a target's capacity; empty: no open loop. */
  readonly loads: readonly number[];
  readonly rounds?: number;
  readonly blockMs?: number;
  readonly loadMs: number;
  readonly seed: number;
  readonly accuracy?: string;
  readonly json?: string;
  readonly html?: string;
  readonly markdown?: string;
  readonly dryRun: boolean;
}

const STRINGS = [
  ...["url", "port", "targets", "tasks", "set", "texts", "clients", "loads", "rounds", "block-seconds", "load-seconds"],
  ...["seed", "accuracy", "json", "html", "markdown"],
];
const FLAGS = ["quick", "gpu", "dry-run", "help"];

const CLIENTS = { quick: "1", full: "1,2,4,8", gpu: "1,2,4,8,16,32,64" };
const LOADS = { quick: "none", full: "25,50,75,90,110,150" };

function parse(args: readonly string[]) {
  const options: Record<string, { type: "string" | "boolean" }> = {};
  for (const name of STRINGS) options[name] = { type: "string" };
  for (const name of FLAGS) options[name] = { type: "boolean" };
  try {
    const values = parseArgs({ args: [...args], options }).values as Record<string, string | boolean | undefined>;
    return {
      text: (name: string) => values[name] as string | undefined,
      flag: (name: string) => values[name] === true,
    };
  } catch (cause) {
    throw new LoadTestError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** `value` as one of `known`. */
function oneOf<T extends string>(flag: string, value: string, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found === undefined) throw new LoadTestError(`--${flag}: "${value}" is unknown; known are ${known.join(", ")}`);
  return found;
}

function whole(flag: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (/^\d{1,10}$/.test(value) && number >= least && number <= most) return number;
  throw new LoadTestError(`--${flag}: "${value}" is no whole number from ${least} to ${most}`);
}

function seconds(flag: string, value: string): number {
  const number = Number(value);
  if (/^\d+(\.\d+)?$/.test(value) && number >= 0.05 && number <= 3600) return number * 1000;
  throw new LoadTestError(`--${flag}: "${value}" is no number of seconds from 0.05 to 3600`);
}

function list(value: string): string[] {
  return [...new Set(value.split(",").map((part) => part.trim()))];
}

function address(flag: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== "http:") {
    throw new LoadTestError(`--${flag}: "${value}" is no address such as http://127.0.0.1:8080`);
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/**
 * @returns "help" when that is asked for.
 * @throws LoadTestError that names the option at fault.
 */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { text, flag } = parse(args);
  if (flag("help")) return "help";
  /** The option under the name of its field, if it was given. */
  function given<F extends string, T>(field: F, name: string, read: (name: string, value: string) => T) {
    const value = text(name);
    return (value === undefined ? {} : { [field]: read(name, value) }) as Partial<Record<F, T>>;
  }
  const [quick, gpu, url] = [flag("quick"), flag("gpu"), text("url")];
  const started = gpu ? "gpu" : text("port") !== undefined && "port";
  if (url !== undefined && started)
    throw new LoadTestError(`--${started} is for a server that is started, not for --url`);
  const clients = text("clients") ?? CLIENTS[quick ? "quick" : gpu ? "gpu" : "full"];
  const loads = text("loads") ?? LOADS[quick ? "quick" : "full"];
  const asIs = (_name: string, value: string) => value;
  return {
    quick,
    gpu,
    dryRun: flag("dry-run"),
    tasks: list(text("tasks") ?? "intent,slots").map((task) => oneOf("tasks", task, TASK_NAMES)),
    set: oneOf("set", text("set") ?? (quick ? "eleven" : "mixed"), SET_NAMES),
    clients: list(clients).map((count) => whole("clients", count, 1, 1024)),
    loads: loads === "none" ? [] : list(loads).map((load) => whole("loads", load, 1, 1000)),
    loadMs: seconds("load-seconds", text("load-seconds") ?? "6"),
    seed: whole("seed", text("seed") ?? "1", 0, 4_294_967_295),
    ...given("url", "url", address),
    ...given("port", "port", (name, value) => whole(name, value, 0, 65_535)),
    ...given("targets", "targets", (_name, value) => parseWishes(list(value))),
    ...given("rounds", "rounds", (name, value) => whole(name, value, 1, 1000)),
    ...given("blockMs", "block-seconds", seconds),
    ...given("texts", "texts", asIs),
    ...given("accuracy", "accuracy", asIs),
    ...given("json", "json", asIs),
    ...given("html", "html", asIs),
    ...given("markdown", "markdown", asIs),
  };
}
