import { expect, test } from "vitest";
import type { DecoderModel } from "../../src/bundle/manifest.js";
import { enginesOf, filesOf, writersOf } from "../../src/engines/offered.js";
import { decoderManifest, encoderManifest, generatorManifest } from "../bundle/manifests.js";

const decoder = decoderManifest().model as DecoderModel;
const writing = { ...decoderManifest(), model: { ...decoder, writes: true } };
const { model: generator } = generatorManifest();

test.each([
  ["a decoder", decoder, ["single-pass"]],
  ["a decoder that also writes", writing.model, ["single-pass", "generate", "dual-decoder"]],
  ["encoders", encoderManifest().model, ["dual-encoder"]],
  ["a decoder that only writes", generator, ["generate"]],
  ["decoders that only write", { ...generator, engine: "dual-decoder" as const }, ["dual-decoder"]],
])("%s offers its engines, its own first", (_name, model, engines) => {
  expect(enginesOf(model)).toEqual(engines);
});

test("an engine opens all files of its own bundle, one that only writes its weights alone", () => {
  const manifest = { ...writing, files: { "weights.gguf": "", "graph.onnx": "" } };
  expect(filesOf(manifest, ["single-pass"])).toEqual(["weights.gguf", "graph.onnx"]);
  expect(new Set(filesOf(manifest, ["generate", "dual-decoder"]))).toEqual(new Set(["weights.gguf"]));
});

const prompt = { kind: "read-outs", bos: 1, read_outs: { intent: 100, topic: 101 } };
const values = "of-text";

test("weights that also write are asked in the prompt of the single pass: once for all, or once a task; they copy values", () => {
  expect(writersOf(writing, "generate")).toEqual([
    { file: "weights.gguf", tasks: ["intent", "slots", "topic"], prompt, values },
  ]);
  expect(writersOf(writing, "dual-decoder")).toEqual([
    { file: "weights.gguf", tasks: ["intent"], prompt, values },
    { file: "weights.gguf", tasks: ["slots"], prompt, values },
    { file: "weights.gguf", tasks: ["topic"], prompt, values },
  ]);
});

test("only what a bundle answers is asked", () => {
  const { intent, slots } = writing.tasks;
  const tasks = { intent: intent!, slots: slots! };
  expect(writersOf({ ...writing, tasks }, "generate").map((writer) => writer.tasks)).toEqual([["intent", "slots"]]);
  expect(writersOf({ ...writing, tasks }, "dual-decoder").map((writer) => writer.tasks)).toEqual([
    ["intent"],
    ["slots"],
  ]);
});

test("decoders that only write are asked as their manifest says; encoders are not asked to write", () => {
  expect(writersOf(generatorManifest(), "generate")).toEqual(generator.decoders);
  expect(writersOf(encoderManifest(), "generate")).toEqual([]);
});
