import { defineCommand } from "./command.js";
import { seed, whole } from "./values.js";

export const fuzzHttp = defineCommand({
  name: "fuzz http",
  summary:
    "Throws malformed requests at a server of its own: Unicode, JSON, headers, chunks, pipelines, callers who leave.",
  description:
    "It listens on this machine alone. Every answer must be below 500, every refusal have a code, no connection hang.",
  examples: ["fuzz http --cases 20000 --json docs/results/fuzz-http.json"],
  failure: "a server error, a hang, a refusal without a code, or memory that grew",
  audience: "developers",
  define: (command) =>
    command
      .option("--cases <n>", "how many", whole(1), 20_000)
      .option(
        "--from <n>",
        "number of the first: cases are numbered, and each is the same for the same seed",
        whole(0),
        0,
      )
      .option("--seed <n>", "of the random numbers", seed, 1)
      .option("--warm-up <n>", "cases of another seed before memory is looked at", whole(0), 4_000)
      .option("--connections <n>", "at once", whole(1, 64), 4)
      .option("--json <file>", "write the figures there"),
  read: (options) => options,
  run: async (options, io) => {
    const { httpFuzzCommand } = await import("../proof/fuzz/http/command.js");
    return httpFuzzCommand(options, io);
  },
});
