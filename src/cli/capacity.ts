import type { Options } from "../proof/capacity/command.js";
import { parseWishes } from "../proof/loadtest/targets.js";
import { defineCommand, EXIT, UsageError } from "./command.js";
import { decimal, listOf, seed, text, whole } from "./values.js";

const RATES = [10, 1_000, 100_000, 1_000_000];
const GOALS = [25, 50, 100];
const LOADS = [30, 50, 70];

export const capacity = defineCommand({
  name: "capacity",
  summary: "Says how many replicas, cores and dollars a rate of requests takes at a goal for the 99th percentile.",
  description:
    "It simulates servers behind a proxy, with times that were measured. With --measure it starts three servers and HAProxy, " +
    "which must be installed, measures the time of an answer alone, and holds the simulation to loads in between: some three " +
    "minutes, which count on a machine that does nothing else. docs/scaling.md tells how to read the tables.",
  examples: ["capacity", "capacity --measure --page docs/scaling.md", "capacity --rates 50,500 --goals 30"],
  failure: "a prediction was further than 20 % from what was measured",
  define: (command) =>
    command
      .option("--measure", "measure anew, and write the file", false)
      .option("--target <name>", "engine or engine:model", "single-pass")
      .option("--requests <n>", "that each load is measured on", whole(20, 100_000), 1_500)
      .option("--loads <list>", `per cent of the capacity; by default ${LOADS.join()}`, listOf(whole(1, 99)))
      .option("--rates <list>", `requests a second; by default ${RATES.join()}`, listOf(whole(1, 100_000_000)))
      .option("--goals <list>", `milliseconds; by default ${GOALS.join()}`, listOf(whole(1, 60_000)))
      .option("--core-price <dollars>", "of a core and hour", decimal(0, 1_000), 0.04)
      .option("--seed <n>", "of every random choice", seed, 1)
      .option("--json <file>", "what was measured, and the sizes", text, "docs/results/capacity.json")
      .option("--page <file>", "write the tables there, between the marks of the command"),
  read({ target, loads = LOADS, rates = RATES, goals = GOALS, corePrice, ...given }): Options {
    const [wish] = parseWishes([target]);
    if (!wish) throw new UsageError("--target is missing");
    return { ...given, target: wish, loads, rates, goals, dollarsACoreHour: corePrice };
  },
  async run(options, io) {
    const { capacityCommand } = await import("../proof/capacity/command.js");
    return (await capacityCommand(options, io)) ? EXIT.done : EXIT.failed;
  },
});
