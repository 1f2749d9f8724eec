import { ENGINE_NAMES } from "../engines/engine.js";
import type { Options } from "../proof/evaluation/options.js";
import { PERTURBATIONS, type PerturbationName } from "../proof/evaluation/perturb.js";
import { parseThresholds } from "../proof/evaluation/thresholds.js";
import { TASK_NAMES } from "../tasks/task.js";
import { defineCommand, UsageError } from "./command.js";
import { listOf, oneOf, repeated, seed, text, whole } from "./values.js";

const PERTURBATION_NAMES = Object.keys(PERTURBATIONS) as PerturbationName[];

export const evaluate = defineCommand({
  name: "evaluate",
  summary: "Scores a bundle on labelled rows, through the engine that serves it.",
  examples: ["evaluate --bundle models/onepass-en --data dev.jsonl --fail-under intent=85"],
  failure: "a score fell short, or the engine failed",
  define: (command) =>
    command
      .requiredOption("--bundle <dir>", "the bundle's folder")
      .requiredOption(
        "--data <file>",
        ".jsonl or .jsonl.gz, one row a line (docs/data-format.md); may be repeated",
        repeated(text),
      )
      .option("--engine <name>", "the engine that must answer; by default the bundle's first", oneOf(ENGINE_NAMES))
      .option("--tasks <list>", `of ${TASK_NAMES.join(",")}: score these only`, listOf(oneOf(TASK_NAMES)))
      .option("--limit <n>", "score the first N rows of each file, after the cut and the sample", whole(1))
      .option(
        "--sample <n>",
        "score N rows of each file, after the cut, chosen by --seed and left in their order",
        whole(1),
      )
      .option("--seed <n>", "of the sample, 0 by default", seed)
      .option(
        "--cut <part>",
        "last-tenth: the last tenth of each topic by post number (the number that ends a row's id)",
        oneOf(["last-tenth"]),
      )
      .option("--strip-headers", "leave out what stands before the first empty line of a text", false)
      .option("--perturb <name>", `change the texts: ${PERTURBATION_NAMES.join(" | ")}`, oneOf(PERTURBATION_NAMES))
      .option("--json <file>", "write the scores there, as fractions of 1; - prints them instead of the table")
      .option("--outcomes", "and row by row what was right, for a paired comparison; no text and no label", false)
      .option(
        "--fail-under <list>",
        "the least scores in per cent, as in intent=95,f1=90; also exact, topic, groups",
        parseThresholds,
      ),
  read({ sample, seed: number, failUnder, cut, ...given }): Options {
    if (given.outcomes && given.json === undefined)
      throw new UsageError("--outcomes: needs --json FILE to write them to");
    if (number !== undefined && sample === undefined) throw new UsageError("--seed: needs --sample N");
    return {
      ...given,
      cut: cut !== undefined,
      sample: sample === undefined ? undefined : { size: sample, seed: number ?? 0 },
      thresholds: failUnder ?? new Map(),
    };
  },
  async run(options, { env, stop, stdout, stderr }) {
    const { evaluateCommand } = await import("../proof/evaluation/command.js");
    const { openerFor } = await import("../proof/evaluation/open.js");
    return evaluateCommand(options, { open: openerFor(env), stop, stdout, stderr });
  },
});
