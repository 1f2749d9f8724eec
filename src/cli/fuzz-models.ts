import { defineCommand } from "./command.js";
import { seconds, seed, whole } from "./values.js";

export const fuzzModels = defineCommand({
  name: "fuzz models",
  summary: "Spoils model files and manifests, makes their hashes right again, and sees that each is refused or loaded.",
  description:
    "Each bundle is opened as a server does it, in a worker of a process of its own: a worker that ends is a refusal with a code, " +
    "the end, a hang or the bloat of the process is a finding.",
  examples: [
    "fuzz models --cases 500 --json docs/results/fuzz-models.json",
    "fuzz models --from 67 --keep /tmp/case-67",
  ],
  failure: "a bundle crashed, hung or bloated its process, or was refused without a code",
  audience: "developers",
  define: (command) =>
    command
      .option("--cases <n>", "how many", whole(1), 500)
      .option(
        "--from <n>",
        "number of the first: cases are numbered, and each is the same for the same seed",
        whole(0),
        0,
      )
      .option("--seed <n>", "of the random numbers", seed, 1)
      .option("--limit <s>", "seconds after which a load counts as hung", seconds(1, 600), 60_000)
      .option("--keep <dir>", "write the bundle of --from there and do no more")
      .option("--json <file>", "write the figures there"),
  read: ({ limit, ...given }) => ({ ...given, caseMs: limit }),
  run: async (options, io) => {
    const { modelFuzzCommand } = await import("../proof/fuzz/models/command.js");
    return modelFuzzCommand(options, io);
  },
});
