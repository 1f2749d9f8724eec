import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { z } from "zod";
import type { Options } from "../bundling/options.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { defineCommand, UsageError } from "./command.js";
import { withManifest } from "./manifest-options.js";
import { oneOf, repeated } from "./values.js";

export const bundleEncoder = defineCommand({
  name: "bundle encoder",
  summary: "Makes a bundle of encoders that Hugging Face's tools exported to ONNX, checked by a first answer.",
  description: "docs/bundles.md says how models are exported, and how labels and outputs are found.",
  examples: ["bundle encoder --intent onnx/intent --slots onnx/slots --out models/mine --license MIT"],
  define: (command) =>
    withManifest(
      command
        .option(
          "--intent <folder>",
          "a text classifier's: config.json, tokenizer.json, model.onnx (or onnx/model.onnx)",
        )
        .option("--slots <folder>", "a token classifier's, with BIO tags")
        .option("--topic <folder>", "a text classifier's; tasks that share a folder share its graph")
        .requiredOption("--out <dir>", "the folder to make; its last part is the bundle's name unless --name gives one")
        .option("--name <name>", "the bundle's name")
        .option("--file <name>", "the graph in each folder; model.onnx by default, or else model_quantized.onnx")
        .option(
          "--output <task=name>",
          "the graph's output for a task; needed where it has several that no task is named after",
          repeated(outputOf),
        )
        .option("--groups <file>", "JSON object: the group of each topic; by default each topic is its own", readGroups)
        .option(
          "--text-case <case>",
          "keep | lower: how the models' training texts were written",
          oneOf(["keep", "lower"]),
          "keep",
        )
        .option(
          "--schedule <name>",
          "in-turn | side-by-side: whether the graphs run one after the other or at once",
          oneOf(["in-turn", "side-by-side"]),
          "in-turn",
        ),
    )
      .option("--hard-link", "hard-link the files instead of copying them", false)
      .option("--json", "print folder, model and the first answer as JSON", false),
  read({ intent, slots, topic, output = [], textCase, ...given }): Options & { readonly json: boolean } {
    const named: Partial<Record<TaskName, string | undefined>> = { intent, slots, topic };
    const folders = new Map(
      TASK_NAMES.flatMap((task) => (named[task] === undefined ? [] : [[task, resolve(named[task])]])),
    );
    if (folders.size === 0) throw new UsageError("--intent, --slots or --topic is missing: the folder of a model");
    const out = resolve(given.out);
    return {
      ...given,
      folders,
      out,
      name: given.name ?? basename(out),
      outputs: Object.fromEntries(output),
      lowercase: textCase === "lower",
    };
  },
  async run(options, { stdout }) {
    const { bundleEncoderCommand } = await import("../bundling/command.js");
    return bundleEncoderCommand(options, options.json, stdout);
  },
});

/** `intent=logits` -> `["intent", "logits"]`. */
function outputOf(pair: string): [TaskName, string] {
  const [task = "", ...name] = pair.split("=");
  if (name.join("=") === "") throw new UsageError(`--output: "${pair}" is not TASK=NAME`);
  return [oneOf(TASK_NAMES)(task), name.join("=")];
}

function readGroups(file: string): Record<string, string> {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new UsageError(`--groups: ${file} is no JSON object of group names by topic`, { cause });
  }
}
