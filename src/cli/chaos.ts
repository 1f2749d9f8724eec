import type { ChaosOptions } from "../proof/chaos/command.js";
import { defineCommand, EXIT } from "./command.js";
import { decimal, listOf, seed, text, whole } from "./values.js";

const BUNDLES = ["models/onepass-en", "models/dual-en"];

export const chaos = defineCommand({
  name: "chaos",
  summary: "Hurts a server under load, and counts accepted requests without an answer.",
  description:
    "Workers are killed and stopped and run out of memory, a bundle is corrupted before a reload, the log's disk is full, clients are " +
    "slow or reset; then the model is reloaded. A server is started for it, on copies. Linux, with prlimit.",
  examples: ["chaos --faults 16 --reloads 2"],
  audience: "developers",
  failure: "a request was lost, or a recovery took more than 5 s",
  define: (command) =>
    command
      .option("--faults <n>", "how many, of all kinds in turn", whole(0, 10_000), 100)
      .option("--reloads <n>", "how many, afterwards", whole(0, 10_000), 20)
      .option("--per-second <n>", "requests meanwhile", decimal(0.1, 10_000), 20)
      .option("--only <list>", "these kinds of faults alone", listOf(text))
      .option("--bundles <list>", "folders: the default model, then its fallback", listOf(text), BUNDLES)
      .option("--seed <n>", "of the order and of the victims", seed, 1)
      .option("--json <file>", "write the figures there"),
  read: (given): ChaosOptions => ({ ...given, only: given.only ?? [] }),
  async run(options, { env, stop, stdout }) {
    const run = await import("../proof/chaos/command.js");
    const passed = await run.chaos(options, env, stop, (line) => stdout.write(`${line}\n`));
    return passed ? EXIT.done : stop.aborted ? EXIT.interrupted : EXIT.failed;
  },
});
