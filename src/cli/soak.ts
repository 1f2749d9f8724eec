import { parseWishes } from "../proof/loadtest/targets.js";
import type { Options } from "../proof/soak/command.js";
import { defineCommand, EXIT } from "./command.js";
import { decimal, listOf, seed, whole } from "./values.js";

const USUAL = ["single-pass", "dual-encoder", "joint-encoder", "generate"];

export const soak = defineCommand({
  name: "soak",
  summary: "Asks each engine many texts, no two alike, and watches the memory of the server and its workers.",
  description:
    "Each engine is soaked in a server of its own; engines that write get a twentieth of the texts. Memory may grow by 50 KiB " +
    "with 1,000 texts (Theil and Sen's slope, after a tenth of the texts), and no request may fail. With --json the engines of " +
    "several runs come together in one file.",
  examples: ["soak --texts 100000 --json docs/results/soak.json", "soak --targets single-pass --minutes 10"],
  failure: "memory grew, or a request failed",
  audience: "developers",
  define: (command) =>
    command
      .option("--texts <n>", "for each engine that reads", whole(10, 10_000_000), 100_000)
      .option("--targets <list>", `engine[:model],…; by default ${USUAL.join()}`, (list) =>
        parseWishes(listOf((name) => name)(list)),
      )
      .option("--clients <n>", "that ask one text after the other", whole(1, 64), 2)
      .option("--minutes <n>", "for all engines together; what was asked until then counts", decimal(0.05, 10_000))
      .option("--seed <n>", "of the texts", seed, 1)
      .option("--json <file>", "write the figures there"),
  read: ({ targets = parseWishes(USUAL), ...given }): Options => ({ ...given, targets }),
  async run(options, io) {
    const { soakCommand } = await import("../proof/soak/command.js");
    return (await soakCommand(options, io)) ? EXIT.done : EXIT.failed;
  },
});
