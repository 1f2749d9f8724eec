/**
 * How a command of `onepass` is written: what it takes, what of that goes together, what it does.
 *
 *     // src/cli/soak.ts; a file a command, listed in src/cli/commands.ts
 *     export const soak = defineCommand({
 *       name: "soak",                                   // "key add" is a command of the group `key`
 *       summary: "Asks a server for hours and watches its memory.",
 *       define: (command) =>
 *         command
 *           .requiredOption("--texts <file>", "texts to ask, one a line")
 *           .option("--requests <n>", "how many", whole(1), 100_000)   // parsers: src/cli/values.ts
 *           .option("--targets <list>", "engine[:model],…", listOf(oneOf(ENGINE_NAMES)))
 *           .option("--json <file>", "write the figures there"),
 *       failure: "memory grew, or a request failed",    // what exit code 1 means here
 *       read: (options) => options,                     // faults of several options together: throw new UsageError(…)
 *       run: async (options, io) => {                   // io: env, stdin, stdout, stderr, stop
 *         const { soakCommand } = await import("../proof/soak/command.js");  // late: no command pays for another's libraries
 *         return soakCommand(options, io);              // an exit code, of EXIT
 *       },
 *     });
 *
 * `npm run soak -- …` is `node bin/onepass.js soak …`. In tests `soak.parse(args)` reads options (typed by commander from the
 * strings above) and `soak.run(args, io)` runs. What whoever runs it can set right is thrown as a CommandError (src/errors.ts), and
 * told in a line; anything else is a fault of ours, and told with its stack. A room's options are a plain interface in that room.
 */
import { Command, CommanderError, type OptionValues } from "@commander-js/extra-typings";
import { ConfigError } from "../config/read.js";
import { CommandError, OnepassError } from "../errors.js";
import type { Io } from "./io.js";

/** Exit codes, the same for every command. `interrupted` is 128 + SIGINT, as shells have it; `fault` is EX_SOFTWARE. */
export const EXIT = { done: 0, failed: 1, badInput: 2, fault: 70, interrupted: 130 } as const;

/** An option or an argument that whoever runs a command can set right; the message names it. */
export class UsageError extends CommandError {}

type Work = (io: Io) => Promise<number>;
type AnyCommand = Command<unknown[], OptionValues, OptionValues>;

/** A command with options and arguments, whichever: commander infers their types. */
interface Defined {
  opts(): object;
  processedArgs: unknown[];
}

interface Spec<Own extends Defined, Options> {
  readonly name: string;
  readonly summary: string;
  /** More than the summary says, for the help and the manual. */
  readonly description?: string;
  /** Command lines that work, without `onepass`. */
  readonly examples?: readonly string[];
  /** What exit code 1 means; absent where nothing can fail. */
  readonly failure?: string;
  readonly audience?: "developers";
  readonly define: (command: Command) => Own;
  /** What the options mean together. @throws UsageError */
  readonly read: (given: ReturnType<Own["opts"]>, ...args: Own["processedArgs"]) => Options;
  /** Returns an exit code. */
  readonly run: (options: Options, io: Io) => Promise<number>;
}

export interface CliCommand<Options = unknown> {
  /** `evaluate`; `bundle gguf` for a command of a group. */
  readonly name: string;
  readonly summary: string;
  readonly audience: "users" | "developers";
  readonly examples: readonly string[];
  /** What exit code 1 means. */
  readonly failure: string | undefined;
  /** The command for a tree of them; `take` is given what to do when the command line names it. */
  inTree(take: (work: Work) => void): AnyCommand;
  /** @throws UsageError */
  parse(args: readonly string[]): Options | "help";
  /** args: the command line behind the command's name. Returns the exit code. */
  run(args: readonly string[], io: Io): Promise<number>;
}

export function defineCommand<Own extends Defined, Options>(spec: Spec<Own, Options>): CliCommand<Options> {
  const build = (take: (options: Options) => void): AnyCommand => {
    const command = new Command(spec.name.split(" ").at(-1)).summary(spec.summary);
    command.description([spec.summary, spec.description].filter(Boolean).join("\n\n")).helpCommand(false);
    const defined = spec.define(command) as unknown as AnyCommand;
    defined.addHelpText("after", epilogue(spec));
    defined.action(() => {
      take(spec.read(defined.opts() as ReturnType<Own["opts"]>, ...defined.processedArgs));
    });
    return defined;
  };
  const inTree: CliCommand["inTree"] = (take) =>
    build((options) => {
      take((io) => spec.run(options, io));
    });
  return {
    name: spec.name,
    summary: spec.summary,
    audience: spec.audience ?? "users",
    examples: spec.examples ?? [],
    failure: spec.failure,
    inTree,
    parse(args) {
      let read: Options | undefined;
      const help = parse(
        build((options) => (read = options)),
        args,
      );
      return help === undefined ? (read as Options) : "help";
    },
    run: (args, io) => runTree(inTree, args, io),
  };
}

/** Parses, does what the command line names, and tells what went wrong. Returns the exit code. */
export async function runTree(
  tree: (take: (work: Work) => void) => AnyCommand,
  args: readonly string[],
  io: Io,
): Promise<number> {
  return told(async () => {
    let work: Work | undefined;
    const help = parse(
      tree((taken) => (work = taken)),
      args,
    );
    if (help !== undefined) io.stdout.write(help);
    return (await work?.(io)) ?? EXIT.done;
  }, io);
}

/** The exit code of some work; what whoever runs it can set right, or has to know, is told on `stderr`. */
export async function told(work: () => Promise<number>, io: Pick<Io, "stderr" | "stop">): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (io.stop.aborted) return EXIT.interrupted;
    if (!(error instanceof CommandError || error instanceof OnepassError || error instanceof ConfigError)) throw error;
    io.stderr.write(`${error.message}\n`);
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: CommandError | OnepassError | ConfigError): number {
  if (error instanceof CommandError) return error.exitCode;
  // A server or an engine that fails or is full is no fault of the command line; a bundle that is unsound is.
  if (!(error instanceof OnepassError) || error.code === "invalid_bundle") return EXIT.badInput;
  return error.status >= 500 || error.status === 429 ? EXIT.failed : EXIT.badInput;
}

/** Returns the help when it was asked for. @throws UsageError in the words of `usageFault` */
function parse(command: AnyCommand, args: readonly string[]): string | undefined {
  let told = "";
  const settle = (one: AnyCommand): void => {
    one.exitOverride();
    one.configureOutput({
      writeOut: (text) => (told += text),
      writeErr: (text) => (told += text),
      outputError: silent,
    });
    for (const child of one.commands) settle(child);
  };
  settle(command);
  try {
    command.parse(args, { from: "user" });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return told;
    if (error.code === "commander.help") throw new UsageError(told.trimEnd()); // no command was named
    const surplus = error.code === "commander.excessArguments" ? surplusOf(command) : undefined;
    const fault = surplus === undefined ? usageFault(error.message) : `"${surplus}" is one argument too many`;
    throw new UsageError(fault, { cause: error });
  }
}

/** The first argument that no command of a tree takes. */
function surplusOf({ args, registeredArguments, commands }: AnyCommand): string | undefined {
  const below = commands.map((child) => surplusOf(child)).find((surplus) => surplus !== undefined);
  return below ?? args[registeredArguments.length];
}

const silent = (): void => undefined;

/** Commander's sentence, opened by the name of what is at fault: `--limit: "x" is no whole number above 0`. */
export function usageFault(message: string): string {
  return message
    .replace(/^error: /, "")
    .replace(/^option '(?:-\w, )?(--[\w-]+)[^']*' argument '.*' is invalid\. /s, "$1: ")
    .replace(/^command-argument value '.*' is invalid for argument '([\w-]+)'\. /s, "$1: ")
    .replace(/^required option '(?:-\w, )?(--[\w-]+)[^']*' not specified$/, "$1 is missing")
    .replace(/^option '(?:-\w, )?(--[\w-]+)[^']*' argument missing$/, "$1: has no value")
    .replace(/^missing required argument '([\w-]+)'$/, "$1 is missing");
}

function epilogue({
  examples = [],
  failure,
}: {
  readonly examples?: readonly string[];
  readonly failure?: string;
}): string {
  const codes = [
    "0 done",
    ...(failure === undefined ? [] : [`1 ${failure}`]),
    "2 bad options, settings or files",
    "70 a fault of onepass",
    "130 interrupted",
  ];
  const lines = examples.map((example) => `  onepass ${example}`);
  return `${lines.length === 0 ? "" : `\nExamples:\n${lines.join("\n")}\n`}\nExit codes: ${codes.join(", ")}.`;
}
