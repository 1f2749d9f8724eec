import { expect, test } from "vitest";
import { checkManifest } from "../../src/bundle/check.js";
import type { DecoderModel, EncoderModel, Manifest } from "../../src/bundle/manifest.js";
import { BundleError } from "../../src/errors.js";
import { decoderManifest, encoderManifest } from "./manifests.js";

/** A manifest with parts replaced. */
const decoder = (change: Partial<Manifest>) => ({ ...decoderManifest(), ...change });
const decoderModel = (change: Partial<DecoderModel>) =>
  decoder({ model: { ...(decoderManifest().model as DecoderModel), ...change } });
const encoderModel = (change: Partial<EncoderModel>): Manifest => {
  const manifest = encoderManifest();
  return { ...manifest, model: { ...(manifest.model as EncoderModel), ...change } };
};
const { intent, slots, topic } = decoderManifest().tasks;
const allTasks = { slots: slots!, intent: intent!, topic: topic! };

test.each([decoderManifest(), encoderManifest()])("takes a sound manifest", (manifest) => {
  expect(() => {
    checkManifest(manifest);
  }).not.toThrow();
});

test.each([
  ["a label twice", decoder({ tasks: { ...allTasks, intent: { labels: ["a", "a"], temperature: 1 } } }), '"a" occurs'],
  ["tags that are not BIO", decoder({ tasks: { ...allTasks, slots: { tags: ["O", "I-x"], temperature: 1 } } }), "B-x"],
  ["a topic without a group", decoder({ tasks: { ...allTasks, topic: { ...topic!, groups: { t: "g" } } } }), '"u"'],
  ["a group of no topic", decoder({ tasks: { ...allTasks, topic: { ...topic!, labels: ["t"] } } }), '"u"'],
  ["a window beyond the most", decoder({ limits: { window_tokens: 9, max_tokens: 8 } }), "window_tokens"],
  ["weights without a hash", decoder({ files: {} }), "weights.gguf"],
  ["a task without labels in the matrix", decoderModel({ label_start: { intent: 102, slots: 104 } }), "topic"],
  ["labels of a task that is none", decoder({ tasks: { intent: intent!, slots: slots! } }), "topic"],
  ["a task without a read-out", decoderModel({ read_outs: { intent: 100 } }), "topic"],
  ["labels that overlap", decoderModel({ label_start: { intent: 102, slots: 103, topic: 107 } }), "share token 103"],
  ["a read-out among the labels", decoderModel({ read_outs: { intent: 100, topic: 105 } }), "share token 105"],
  [
    "a task that no graph answers",
    encoderModel({ graphs: [{ file: "slots.onnx", outputs: { slots: "s" } }] }),
    "intent",
  ],
  ["a joint encoder of two graphs", encoderModel({ engine: "joint-encoder" }), "one graph"],
])("refuses %s", (_name, manifest, message) => {
  expect(() => {
    checkManifest(manifest);
  }).toThrow(BundleError);
  expect(() => {
    checkManifest(manifest);
  }).toThrow(message);
});
