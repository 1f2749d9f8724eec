import type { Options } from "../proof/overload/command.js";
import { defineCommand, EXIT } from "./command.js";
import { address, decimal, seconds, seed, whole } from "./values.js";

export const overload = defineCommand({
  name: "overload",
  summary: "Asks a server for several times what it can answer, and tells what becomes of the answers.",
  description:
    "It finds the capacity with an open loop, then asks at 130 %, at 90 % and at a multiple of it, in turns. docs/operations.md " +
    "says what the targets are and why. Some five minutes; figures count on a machine that does nothing else.",
  examples: ["overload", "overload --rounds 1 --block-seconds 5"],
  failure: "a target was missed, or the server ended",
  audience: "developers",
  define: (command) =>
    command
      .option(
        "--url <url>",
        "a server that runs; by default one is started on the target's model, and stopped",
        address,
      )
      .option("--target <name>", "engine or engine:model", "single-pass")
      .option("--factor <n>", "how many times the capacity", decimal(1, 100), 4)
      .option("--rounds <n>", "how often each load is measured", whole(1, 100), 3)
      .option("--block-seconds <s>", "length of a load that is measured; by default 20", seconds(0.1, 3600))
      .option("--probe-seconds <s>", "length of a load that looks for the capacity; by default 4", seconds(0.1, 3600))
      .option("--no-pin", "do not give load and server cores of their own")
      .option("--seed <n>", "of every random choice", seed, 1)
      .option("--json <file>", "write the figures there")
      .option("--page <file>", "write the tables there, between the marks of the command"),
  read: ({ blockSeconds = 20_000, probeSeconds = 4_000, ...given }): Options => ({
    ...given,
    blockMs: blockSeconds,
    probeMs: probeSeconds,
  }),
  async run(options, io) {
    const { overloadCommand } = await import("../proof/overload/command.js");
    return (await overloadCommand(options, io)) ? EXIT.done : EXIT.failed;
  },
});
