import { availableParallelism } from "node:os";
import type { HopOptions } from "../proof/hop/command.js";
import { defineCommand, EXIT } from "./command.js";
import { listOf, text, whole } from "./values.js";

const BUNDLES = ["models/onepass-en", "models/joint-en"];

export const hop = defineCommand({
  name: "hop",
  summary: "Measures what it costs that a model runs in a worker process.",
  description:
    "The same texts, the bundle's golden ones, go to an engine in this process and to one in a worker, in turns.",
  audience: "developers",
  failure: "a hop takes more than 0.5 ms at the median",
  define: (command) =>
    command
      .option("--bundles <list>", "folders of bundles", listOf(text), BUNDLES)
      .option("--requests <n>", "how many to each", whole(1, 1_000_000), 1_000)
      .option("--threads <n>", "of a forward pass", whole(1, 1_024), availableParallelism())
      .option("--json <file>", "write the figures there"),
  read: (given): HopOptions => given,
  async run(options, { stdout }) {
    const run = await import("../proof/hop/command.js");
    return (await run.hop(options, (line) => stdout.write(`${line}\n`))) ? EXIT.done : EXIT.failed;
  },
});
