import type { Options } from "../proof/loadtest/options.js";
import { parseWishes } from "../proof/loadtest/targets.js";
import { SET_NAMES } from "../proof/loadtest/texts.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { defineCommand, UsageError } from "./command.js";
import { address, listOf, oneOf, seconds, seed, whole } from "./values.js";

const CLIENTS = { quick: [1], full: [1, 2, 4, 8], gpu: [1, 2, 4, 8, 16, 32, 64] };
const LOADS = [25, 50, 75, 90, 110, 150];

const percents = (value: string): number[] => (value === "none" ? [] : listOf(whole(1, 1000))(value));

const USUAL_TASKS: TaskName[] = ["intent", "slots"];

export const loadtest = defineCommand({
  name: "loadtest",
  summary: "Measures the engines of a onepass server over HTTP, side by side.",
  description: "docs/loadtest.md says how and why. After exit codes 1 and 130 the blocks so far are written.",
  examples: ["loadtest --quick", "loadtest --html report.html --json report.json"],
  failure: "the server ended or failed",
  define: (command) =>
    command
      .option("--quick", "one client, prompts of 11 tokens, a minute in all; otherwise everything", false)
      .option(
        "--url <url>",
        "a server that runs; by default one is started on models/ and shapes/, and stopped",
        address,
      )
      .option("--port <n>", "port of the started server; by default any free one", whole(0, 65_535))
      .option("--gpu", "start it with ONEPASS_GPU=cuda, and try up to 64 clients", false)
      .option("--targets <list>", "engine[:model],…; by default all that the server has of the usual ones", (list) =>
        parseWishes(listOf((name) => name)(list)),
      )
      .option("--tasks <list>", `of ${TASK_NAMES.join(",")}`, listOf(oneOf(TASK_NAMES)), USUAL_TASKS)
      .option("--set <name>", `the main texts: ${SET_NAMES.join(" | ")}; mixed, eleven with --quick`, oneOf(SET_NAMES))
      .option("--texts <file>", 'texts of your own instead, one a line, or JSON Lines with "text"')
      .option(
        "--clients <list>",
        `closed loop: numbers of clients; by default ${CLIENTS.full.join()}`,
        listOf(whole(1, 1024)),
      )
      .option(
        "--loads <list>",
        `open loop: per cent of each engine's capacity, or none; by default ${LOADS.join()}`,
        percents,
      )
      .option("--rounds <n>", "how often every closed-loop block is run; by default 4", whole(1, 1000))
      .option("--block-seconds <s>", "length of a closed-loop block; by default 2", seconds(0.05, 3600))
      .option(
        "--load-seconds <s>",
        "length of an open-loop block; by default 6, longer where it would hold under 20 requests",
        seconds(0.05, 3600),
      )
      .option("--seed <n>", "of every random choice", seed, 1)
      .option("--accuracy <file>", "JSON, {label: {intent, slot_f1}}, fractions of 1, to plot against latency")
      .option("--json <file>", "every block, the environment, the ratios; - prints them instead of the tables")
      .option("--html <file>", "a report with plots, in one file")
      .option("--markdown <file>", "the tables, which are also printed")
      .option("--dry-run", "print what would be run, start nothing", false),
  read({ set, clients, loads, blockSeconds, loadSeconds, ...given }): Options {
    const { quick, gpu, url, port } = given;
    const started = gpu ? "gpu" : port !== undefined && "port";
    if (url !== undefined && started) {
      throw new UsageError(`--${started} is for a server that is started, not for --url`);
    }
    return {
      ...given,
      set: set ?? (quick ? "eleven" : "mixed"),
      clients: clients ?? CLIENTS[quick ? "quick" : gpu ? "gpu" : "full"],
      loads: loads ?? (quick ? [] : LOADS),
      loadMs: loadSeconds ?? 6_000,
      blockMs: blockSeconds,
    };
  },
  async run(options, { env, stop, stdout, stderr }) {
    const { loadtestCommand } = await import("../proof/loadtest/command.js");
    return loadtestCommand(options, { env, stop, startedMs: 0, stdout, stderr });
  },
});
