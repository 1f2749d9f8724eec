import { createHash } from "node:crypto";
import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleId, loadBundle, MAX_MANIFEST_BYTES } from "../../src/bundle/bundle.js";
import type { DecoderModel } from "../../src/bundle/manifest.js";
import { BundleError } from "../../src/errors.js";
import { ggufBytes } from "./gguf-bytes.js";
import { decoderManifest, writeBundle } from "./manifests.js";

let models: string;

beforeEach(async () => {
  models = await mkdtemp(join(tmpdir(), "onepass-"));
});

afterEach(async () => {
  await rm(models, { recursive: true });
});

const write = (folder: string, change: object = {}) => writeBundle(join(models, folder), change);

test("loads a bundle whose files are what its manifest says", async () => {
  const folder = await write("tiny");
  const bundle = await loadBundle(folder);
  expect(bundleId(bundle)).toBe("tiny@1.2.3");
  expect(bundle.path("weights.gguf")).toBe(join(folder, "weights.gguf"));
});

test("refuses a file that was changed", async () => {
  const folder = await write("tiny");
  await writeFile(join(folder, "weights.gguf"), "weightS");
  await expect(loadBundle(folder)).rejects.toThrow("weights.gguf is not the file that was published");
});

test("proves for who opens few files those alone", async () => {
  const folder = await write("tiny");
  await writeFile(join(folder, "weights.gguf"), "weightS");
  await expect(loadBundle(folder, ["weights.gguf"])).rejects.toThrow("weights.gguf is not the file");
  expect(bundleId(await loadBundle(folder, ["graph.onnx"]))).toBe("tiny@1.2.3");
});

test.each([
  ["what Git LFS left in the place of a file", "version https://git-lfs.github.com/spec/v1\n", "`git lfs pull`"],
  ["a file that is no pointer", "x".repeat(2000), "copy it anew"],
])("of %s it is told where the right one is", async (_name, content, advice) => {
  const folder = await write("tiny");
  await writeFile(join(folder, "weights.gguf"), content);
  await expect(loadBundle(folder)).rejects.toThrow(advice);
});

test("refuses a file that is gone", async () => {
  const folder = await write("tiny");
  await rm(join(folder, "weights.gguf"));
  await expect(loadBundle(folder)).rejects.toThrow("weights.gguf is missing");
});

const { tasks } = decoderManifest();
const withSlots = (change: object) => ({ tasks: { ...tasks, slots: { ...tasks.slots, ...change } } });
const withEvidence = (change: object) => {
  const evidence = { file: "topic.evidence", buckets: 4, damping: 1, weight: 1, ...change };
  return { tasks: { ...tasks, topic: { ...tasks.topic, evidence } } };
};
const withIntent = (change: object) => ({ tasks: { ...tasks, intent: { ...tasks.intent, ...change } } });

test("a bundle may reject with a label of its own, and have a threshold", async () => {
  const folder = await write("tiny", withIntent({ reject: "b", oos_threshold: 0 }));
  const { manifest } = await loadBundle(folder);
  expect(manifest.tasks.intent).toMatchObject({ labels: ["a", "b"], reject: "b", oos_threshold: 0 });
});

test.each([
  [{ format: "2.0.0", tasks: "of another kind" }, "has format 2.0.0, this server reads 1.x"],
  [{ name: "No Name" }, "name"],
  [{ surprise: 1 }, "surprise"],
  [{ limits: { window_tokens: 0, max_tokens: 1 } }, "limits.window_tokens"],
  [{ files: { "../secret": "0".repeat(64) } }, "files"],
  [{ files: { "..": "0".repeat(64) } }, "files"],
  [{ limits: { window_tokens: 2 ** 40, max_tokens: 2 ** 40 } }, "limits.window_tokens"],
  [withIntent({ reject: "oos" }), "names none of the labels\n  → at tasks.intent.reject"],
  [withIntent({ oos_threshold: 1.5 }), "tasks.intent.oos_threshold"],
  [withEvidence({ buckets: 6 }), "a power of two\n  → at tasks.topic.evidence.buckets"],
  [withEvidence({ buckets: 2 ** 25 }), "tasks.topic.evidence.buckets"],
  [withEvidence({ damping: 0 }), "tasks.topic.evidence.damping"],
  [withEvidence({ file: "../table" }), "tasks.topic.evidence.file"],
  [withSlots({ compatibility: [[0], [0.1]] }), "tasks.slots.compatibility[1][0]"],
  [withSlots({ transitions: [[1, 0, 0], [0, 0, 1], [null]] }), "tasks.slots.transitions[2][0]"],
])("names the fault of a manifest with %j", async (change, message) => {
  const folder = await write("tiny", change);
  await expect(loadBundle(folder)).rejects.toThrow(BundleError);
  await expect(loadBundle(folder)).rejects.toThrow(message);
});

const plain = (template: string) => ({
  model: {
    engine: "generate",
    decoders: [{ file: "weights.gguf", tasks: ["intent", "slots", "topic"], prompt: { kind: "plain", template } }],
  },
});

test.each(["no place for the text", "{text} and {text}"])("refuses the template %j", async (template) => {
  await expect(loadBundle(await write("tiny", plain(template)))).rejects.toThrow("names the place of the text once");
});

test("what newer servers ask of a manifest has defaults for those that older ones wrote", async () => {
  const { writes: _writes, ...decoder } = decoderManifest().model as DecoderModel;
  const bundle = await loadBundle(await write("tiny", { model: decoder }));
  expect(bundle.manifest.model).toMatchObject({ engine: "single-pass", writes: false });
  await expect(loadBundle(await write("other", plain("{text} =>")))).resolves.toHaveProperty(
    "manifest.model.engine",
    "generate",
  );
});

test("reads a newer minor format", async () => {
  await expect(loadBundle(await write("tiny", { format: "1.9.0" }))).resolves.toBeDefined();
});

test("refuses what is no JSON, and a folder without a manifest", async () => {
  const folder = await write("tiny");
  await writeFile(join(folder, "bundle.json"), "{");
  await expect(loadBundle(folder)).rejects.toThrow("bundle.json is no JSON");
  await expect(loadBundle(models)).rejects.toThrow("bundle.json is missing");
});

test("refuses a manifest that is too large to be one", async () => {
  const folder = await write("tiny", { description: "x".repeat(MAX_MANIFEST_BYTES) });
  await expect(loadBundle(folder)).rejects.toThrow("bundle.json has");
});

test("refuses weights with a hostile header whose hash is right", async () => {
  const folder = await write("tiny");
  const weights = ggufBytes({ tensorCount: 2n ** 40n });
  await writeFile(join(folder, "weights.gguf"), weights);
  const files = { "weights.gguf": createHash("sha256").update(weights).digest("hex") };
  await writeFile(join(folder, "bundle.json"), JSON.stringify({ ...decoderManifest(), files }));
  await expect(loadBundle(folder)).rejects.toThrow("weights.gguf has 1099511627776 tensors");
  await expect(loadBundle(folder)).rejects.toThrow(BundleError);
});

test("refuses weights that are a link out of the folder, whatever their hash", async () => {
  const folder = await write("tiny");
  await rename(join(folder, "weights.gguf"), join(models, "elsewhere"));
  await symlink("../elsewhere", join(folder, "weights.gguf"));
  await expect(loadBundle(folder)).rejects.toThrow("leaves the bundle's folder");
});
