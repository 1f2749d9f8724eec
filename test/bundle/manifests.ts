import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GeneratorModel, Manifest } from "../../src/bundle/manifest.js";
import { ggufBytes } from "./gguf-bytes.js";

/** A small manifest that passes every check. */
export function decoderManifest(): Manifest {
  return {
    format: "1.0.0",
    name: "tiny",
    version: "1.2.3",
    description: "",
    language: "en",
    license: "Apache-2.0",
    tasks: {
      intent: { labels: ["a", "b"], temperature: 1 },
      slots: { tags: ["O", "B-x", "I-x"], temperature: 1 },
      topic: { labels: ["t", "u"], temperature: 1, groups: { t: "g", u: "g" } },
    },
    limits: { window_tokens: 8, max_tokens: 32 },
    text: { nfkc: true, lowercase: true },
    model: {
      engine: "single-pass",
      file: "weights.gguf",
      bos: 1,
      read_outs: { intent: 100, topic: 101 },
      label_start: { intent: 102, slots: 104, topic: 107 },
      writes: false,
    },
    files: { "weights.gguf": "0".repeat(64) },
    provenance: {},
    golden: { tolerance: 0.1, cases: [] },
  };
}

/** The same tasks written by one decoder. */
export function generatorManifest() {
  const prompt = { kind: "plain", template: "{text} =>" } as const;
  const model: GeneratorModel = {
    engine: "generate",
    decoders: [{ file: "weights.gguf", tasks: ["intent", "slots", "topic"], prompt, values: "free" }],
  };
  return { ...decoderManifest(), model };
}

/** The same model as two encoder graphs. */
export function encoderManifest(): Manifest {
  return {
    ...decoderManifest(),
    model: {
      engine: "dual-encoder",
      tokenizer: "tokenizer.json",
      tokenization: "pieces",
      cls: 1,
      sep: 2,
      graphs: [
        { file: "labels.onnx", outputs: { intent: "intent", topic: "topic" }, add_prefix_space: true },
        { file: "slots.onnx", outputs: { slots: "slots" }, add_prefix_space: true },
      ],
      schedule: "in-turn",
    },
    files: { "tokenizer.json": "0".repeat(64), "labels.onnx": "0".repeat(64), "slots.onnx": "0".repeat(64) },
  };
}

/** Writes a decoder bundle whose hashes are right, with parts of its manifest replaced. Returns the folder. */
export async function writeBundle(folder: string, change: object = {}): Promise<string> {
  await mkdir(folder);
  const weights = ggufBytes();
  await writeFile(join(folder, "weights.gguf"), weights);
  const files = { "weights.gguf": createHash("sha256").update(weights).digest("hex") };
  await writeFile(join(folder, "bundle.json"), JSON.stringify({ ...decoderManifest(), files, ...change }));
  return folder;
}
