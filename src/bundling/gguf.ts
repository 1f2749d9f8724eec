import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { loadBundle } from "../bundle/bundle.js";
import { FORMAT_VERSION, type AnswerPrompt, type Manifest } from "../bundle/manifest.js";
import type { WrittenAnswer } from "../engines/engine.js";
import { loadEngines } from "../engines/load.js";
import { OnepassError } from "../errors.js";
import { TASK_NAMES } from "../tasks/task.js";
import { prepareText } from "../text/prepare.js";
import { BundlingError } from "./errors.js";
import type { Labels } from "./labels.js";
import { checkedManifest, hashesOf, publish, putFile } from "./publish.js";

/** What a bundle of a decoder that writes its answers is made of. */
export interface GgufOptions {
  /** The weights. */
  readonly file: string;
  readonly labels: Labels;
  readonly prompt: AnswerPrompt;
  readonly values: "of-text" | "free";
  readonly maxTokens: number;
  readonly lowercase: boolean;
  readonly out: string;
  readonly name: string;
  readonly version: string;
  readonly description?: string | undefined;
  readonly language: string;
  readonly license: string;
  readonly hardLink: boolean;
}

const PROOF = "wake me up at nine on friday";

export interface MadeBundle {
  readonly manifest: Manifest;
  /** What it wrote to the text that proves it, in words. */
  readonly answer: string;
}

/** Makes the bundle and asks it a text. @throws BundlingError, BundleError, EngineError */
export async function makeGgufBundle(options: GgufOptions): Promise<MadeBundle> {
  if (!existsSync(options.file)) throw new BundlingError(`${options.file} does not exist`);
  let answer = "";
  const prove = async (folder: string) => {
    const written = await firstAnswer(folder);
    answer = inWords(written);
    return written.manifest;
  };
  const manifest = await publish(options.out, prove, async (partial) => {
    const file = fileName(options.file);
    await putFile(options.hardLink)(options.file, join(partial, file));
    return manifestOf(options, file, await hashesOf(partial, [file]));
  });
  return { manifest, answer };
}

/** A name that a manifest may have. */
function fileName(path: string): string {
  const name = basename(path).replace(/[^\w.-]/g, "-");
  return name.endsWith(".gguf") ? name : `${name}.gguf`;
}

function manifestOf(options: GgufOptions, file: string, files: Record<string, string>): Manifest {
  const { labels, prompt, values, maxTokens } = options;
  const { intent, slots, topic } = labels;
  return checkedManifest({
    format: FORMAT_VERSION,
    name: options.name,
    version: options.version,
    description: options.description ?? `A decoder that writes its answers (${basename(options.file)}).`,
    language: options.language,
    license: options.license,
    tasks: {
      ...(intent && { intent: { labels: intent, temperature: 1 } }),
      ...(slots && { slots: { tags: ["O", ...slots.flatMap((name) => [`B-${name}`, `I-${name}`])], temperature: 1 } }),
      ...(topic && { topic: { labels: Object.keys(topic), groups: topic, temperature: 1 } }),
    },
    limits: { window_tokens: maxTokens, max_tokens: maxTokens },
    text: { nfkc: false, lowercase: options.lowercase, straight_quotes: false },
    model: {
      engine: "generate",
      decoders: [{ file, tasks: TASK_NAMES.filter((task) => labels[task]), prompt, values }],
    },
    files,
    provenance: { made_by: "onepass bundle gguf" },
    golden: { tolerance: 1, cases: [] },
  });
}

async function firstAnswer(folder: string): Promise<{ manifest: Manifest; written: WrittenAnswer["written"] }> {
  const bundle = await loadBundle(folder);
  const { manifest } = bundle;
  const [engine] = await loadEngines(bundle, { threads: 1, gpu: false }).catch((cause: unknown) => {
    if (cause instanceof OnepassError) throw cause;
    throw new BundlingError(`The weights can't be opened: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });
  await using writer = engine!;
  const request = { text: prepareText(PROOF, manifest.text), truncate: true, field: "text" };
  const tasks = TASK_NAMES.filter((task) => manifest.tasks[task]);
  const [answer] = await writer.score([request], tasks, new AbortController().signal);
  if (!answer || !("written" in answer)) throw new BundlingError("the model did not write an answer");
  return { manifest, written: answer.written };
}

function inWords({ written: { intent, slots, topic } }: { readonly written: WrittenAnswer["written"] }): string {
  const told = slots?.map(({ name, value }) => `${name} "${value}"`).join(", ");
  return [
    `"${PROOF}"`,
    ...(intent ? [`intent ${intent.name}`] : []),
    ...(topic?.[0] ? [`topic ${topic[0].name}`] : []),
    ...(told === undefined ? [] : [`slots ${told === "" ? "none" : told}`]),
  ].join("\n  ");
}
