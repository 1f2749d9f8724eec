import { expect, test } from "vitest";
import { checkManifest } from "../../src/bundle/check.js";
import type { DecoderModel, EncoderModel, GeneratorModel, Manifest } from "../../src/bundle/manifest.js";
import { BundleError } from "../../src/errors.js";
import type { TaskName } from "../../src/tasks/task.js";
import { decoderManifest, encoderManifest, generatorManifest } from "./manifests.js";

/** A manifest with parts replaced. */
const decoder = (change: Partial<Manifest>) => ({ ...decoderManifest(), ...change });
const decoderModel = (change: Partial<DecoderModel>) =>
  decoder({ model: { ...(decoderManifest().model as DecoderModel), ...change } });
const encoderModel = (change: Partial<EncoderModel>): Manifest => {
  const manifest = encoderManifest();
  return { ...manifest, model: { ...(manifest.model as EncoderModel), ...change } };
};
/** Decoders that write, by the tasks of each. */
const generatorModel = (engine: GeneratorModel["engine"], ...tasks: TaskName[][]): Manifest => {
  const manifest = generatorManifest();
  const [decoder] = manifest.model.decoders;
  return { ...manifest, model: { engine, decoders: tasks.map((own) => ({ ...decoder!, tasks: own })) } };
};
const OUTPUTS = { intent: "intent", slots: "slots", topic: "topic" };
/** A decoder that is also there as a graph. */
const withGraph = (change: Partial<Manifest>, outputs: Partial<Record<TaskName, string>> = OUTPUTS): Manifest => {
  const manifest = decoderModel({ onnx: { file: "graph.onnx", outputs } });
  return { ...manifest, files: { ...manifest.files, "graph.onnx": "0".repeat(64) }, ...change };
};
const { intent, slots, topic } = decoderManifest().tasks;
const allTasks = { slots: slots!, intent: intent!, topic: topic! };
/** Tables of so many rows and columns for the tags O, B-x, I-x and the intents a and b. */
const table = (rows: number, columns: number) => Array.from({ length: rows }, () => Array<number>(columns).fill(-0.5));
const withTables = (change: { transitions?: number[][]; compatibility?: number[][] }) =>
  decoder({ tasks: { ...allTasks, slots: { ...slots!, ...change } } });
const withPriors = (change: Partial<Record<TaskName, number[]>>) =>
  decoder({
    tasks: {
      intent: { ...intent!, prior: change.intent },
      slots: { ...slots!, prior: change.slots },
      topic: { ...topic!, prior: change.topic },
    },
  });
const evidence = { file: "topic.evidence", buckets: 4, damping: 1, weight: 1 };
const withEvidence = { tasks: { ...allTasks, topic: { ...topic!, evidence } } };

test.each([
  ["a decoder", decoderManifest()],
  ["a decoder that also writes", decoderModel({ writes: true })],
  ["a decoder with a graph", withGraph({})],
  ["a table of evidence", decoder({ ...withEvidence, files: { ...decoderManifest().files, "topic.evidence": "0" } })],
  ["tables of tags and intents", withTables({ transitions: table(4, 3), compatibility: table(2, 1) })],
  ["how often there was what in training", withPriors({ intent: [0.25, 0.75], slots: [1], topic: [0.5, 0.5] })],
  ["two encoders", encoderManifest()],
  ["encoders that read the text as their tokenizer cuts it", encoderModel({ tokenization: "text" })],
  ["one decoder that writes", generatorManifest()],
  ["two decoders that write", generatorModel("dual-decoder", ["intent", "topic"], ["slots"])],
  ["a decoder a task, on one file", generatorModel("dual-decoder", ["intent"], ["slots"], ["topic"])],
])("takes a sound manifest: %s", (_name, manifest) => {
  expect(() => {
    checkManifest(manifest);
  }).not.toThrow();
});

test.each([
  ["a label twice", decoder({ tasks: { ...allTasks, intent: { labels: ["a", "a"], temperature: 1 } } }), '"a" occurs'],
  ["tags that are not BIO", decoder({ tasks: { ...allTasks, slots: { tags: ["O", "I-x"], temperature: 1 } } }), "B-x"],
  ["transitions without a row for the start", withTables({ transitions: table(3, 3) }), "transitions: 3 rows, not 4"],
  [
    "transitions that lack a tag",
    withTables({ transitions: [...table(3, 3), [0]] }),
    "transitions[3]: 1 numbers, not 3",
  ],
  ["a compatibility that lacks an intent", withTables({ compatibility: table(1, 1) }), "compatibility: 1 rows, not 2"],
  ["a compatibility by tag", withTables({ compatibility: table(2, 3) }), "compatibility[0]: 3 numbers, not 1"],
  [
    "a compatibility with no intent",
    decoder({ tasks: { slots: { ...slots!, compatibility: table(2, 1) }, topic: topic! } }),
    "no intent",
  ],
  ["a prior that lacks an intent", withPriors({ intent: [1] }), "tasks.intent.prior: 1 shares, not 2"],
  ["a prior by tag", withPriors({ slots: [0.5, 0.25, 0.25] }), "tasks.slots.prior: 3 shares, not 1"],
  ["shares that are no whole", withPriors({ topic: [0.5, 0.4] }), "tasks.topic.prior: the shares add up to 0.9"],
  ["a topic without a group", decoder({ tasks: { ...allTasks, topic: { ...topic!, groups: { t: "g" } } } }), '"u"'],
  ["a group of no topic", decoder({ tasks: { ...allTasks, topic: { ...topic!, labels: ["t"] } } }), '"u"'],
  ["a window beyond the most", decoder({ limits: { window_tokens: 9, max_tokens: 8 } }), "window_tokens"],
  ["a table of evidence without a hash", decoder(withEvidence), "topic.evidence"],
  ["a table of evidence beside encoders", { ...encoderManifest(), ...withEvidence }, "single-pass"],
  ["weights without a hash", decoder({ files: {} }), "weights.gguf"],
  ["a graph without a hash", withGraph({ files: decoderManifest().files }), "graph.onnx"],
  ["a graph that lacks a task", withGraph({}, { intent: "intent", slots: "slots" }), "model.onnx.outputs"],
  ["a task without labels in the matrix", decoderModel({ label_start: { intent: 102, slots: 104 } }), "topic"],
  ["labels of a task that is none", decoder({ tasks: { intent: intent!, slots: slots! } }), "topic"],
  ["a task without a read-out", decoderModel({ read_outs: { intent: 100 } }), "topic"],
  ["labels that overlap", decoderModel({ label_start: { intent: 102, slots: 103, topic: 107 } }), "share token 103"],
  ["a read-out among the labels", decoderModel({ read_outs: { intent: 100, topic: 105 } }), "share token 105"],
  [
    "a task that no graph answers",
    encoderModel({ graphs: [{ file: "slots.onnx", outputs: { slots: "s" }, add_prefix_space: true }] }),
    "0 graphs answer intent",
  ],
  [
    "pieces without the space that they bring",
    encoderModel({
      graphs: (encoderManifest().model as EncoderModel).graphs.map((g) => ({ ...g, add_prefix_space: false })),
    }),
    "add_prefix_space",
  ],
  ["a joint encoder of two graphs", encoderModel({ engine: "joint-encoder" }), "one graph"],
  [
    "pieces that bring no space",
    encoderModel({
      graphs: [{ file: "slots.onnx", outputs: { intent: "i", slots: "s", topic: "t" }, add_prefix_space: false }],
    }),
    "add_prefix_space",
  ],
  ["a task that no decoder writes", generatorModel("generate", ["intent", "slots"]), "0 decoders answer topic"],
  [
    "a task that two decoders write",
    generatorModel("dual-decoder", ["intent", "slots"], ["slots", "topic"]),
    "2 decoders answer slots",
  ],
  [
    "a task to be written that the bundle has not",
    { ...generatorManifest(), tasks: { intent: intent!, slots: slots! } },
    "1 decoders answer topic",
  ],
  ["a single answer of two decoders", generatorModel("generate", ["intent", "topic"], ["slots"]), "generate is one"],
  ["a writing decoder without a hash", { ...generatorManifest(), files: {} }, "weights.gguf"],
])("refuses %s", (_name, manifest, message) => {
  expect(() => {
    checkManifest(manifest);
  }).toThrow(BundleError);
  expect(() => {
    checkManifest(manifest);
  }).toThrow(message);
});
