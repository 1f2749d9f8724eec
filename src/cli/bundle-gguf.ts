import { InvalidArgumentError } from "@commander-js/extra-typings";
import { basename, resolve } from "node:path";
import type { AnswerPrompt } from "../bundle/manifest.js";
import type { GgufOptions } from "../bundling/gguf.js";
import { readLabels } from "../bundling/labels.js";
import { defineCommand, EXIT, UsageError } from "./command.js";
import { withManifest } from "./manifest-options.js";
import { oneOf, text, whole } from "./values.js";

interface Options extends Omit<GgufOptions, "labels"> {
  /** Either these or the rows that have them. */
  readonly labels?: GgufOptions["labels"] | undefined;
  readonly data?: string | undefined;
  readonly json: boolean;
}

export const bundleGguf = defineCommand({
  name: "bundle gguf",
  summary: "Makes a bundle of a fine-tuned GGUF that writes its answers (engine generate), checked by a first answer.",
  description:
    "What it writes is held to a grammar of the labels: docs/bundles.md says what it should have learnt to write. Labels come from " +
    "--labels or from the rows that it was trained on.",
  examples: [
    'bundle gguf my-llama.gguf --data train.jsonl --system "Answer with the intent and the slots as JSON." --out models/my-llama',
  ],
  failure: "the model did not answer",
  define: (command) =>
    withManifest(
      command
        .argument("<file>", "the weights")
        .requiredOption(
          "--out <dir>",
          "the folder to make; its last part is the bundle's name unless --name gives one",
          text,
        )
        .option("--name <name>", "the bundle's name")
        .option("--labels <file>", 'JSON: {"intent": ["…"], "slots": ["…"], "topic": {"label": "group"}}', readLabels)
        .option("--data <file>", "rows (docs/data-format.md) whose labels are the model's")
        .option("--system <text>", "the system's turn of the chat, in the file's own template")
        .option("--user <template>", "the user's turn, {text} is the text", template, "{text}")
        .option("--plain <template>", "no chat: a prompt as it stands, {text} is the text", template)
        .option(
          "--values <kind>",
          "free | of-text: whether slots' values are whatever it writes, or words of the text",
          oneOf(["free", "of-text"]),
          "free",
        )
        .option("--max-tokens <n>", "longest text", whole(8, 131_072), 400)
        .option(
          "--text-case <case>",
          "keep | lower: how the training texts were written",
          oneOf(["keep", "lower"]),
          "keep",
        ),
    )
      .option("--hard-link", "hard-link the file instead of copying it", false)
      .option("--json", "print folder, model and the first answer as JSON", false),
  read({ system, user, plain, textCase, ...given }, file): Options {
    if ((given.labels === undefined) === (given.data === undefined)) {
      throw new UsageError("--labels or --data: one of them says what the model answers");
    }
    if (plain !== undefined && (system !== undefined || user !== "{text}")) {
      throw new UsageError("--plain: not together with --system and --user, which make a chat");
    }
    const prompt: AnswerPrompt =
      plain !== undefined
        ? { kind: "plain", template: plain }
        : { kind: "chat", user, ...(system !== undefined && { system }) };
    const out = resolve(given.out);
    return {
      ...given,
      prompt,
      out,
      file: resolve(file),
      name: given.name ?? basename(out),
      lowercase: textCase === "lower",
    };
  },
  async run({ labels, data, json, ...options }, { stdout }) {
    const { makeGgufBundle } = await import("../bundling/gguf.js");
    const { labelsOfData } = await import("../bundling/labels.js");
    const known = labels ?? (await labelsOfData(data!));
    const { tellBundle } = await import("../bundling/command.js");
    tellBundle(options.out, await makeGgufBundle({ ...options, labels: known }), json, stdout);
    return EXIT.done;
  },
});

function template(value: string): string {
  if (value.split("{text}").length === 2) return value;
  throw new InvalidArgumentError(`"${value}" does not name the place of the text once, as {text}`);
}
