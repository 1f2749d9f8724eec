import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadBundle } from "../../src/bundle/bundle.js";
import { bundleEncoder } from "../../src/cli/bundle-encoder.js";
import { fakeIo } from "../cli/io.js";

const FIXTURE = join(import.meta.dirname, "../fixtures/roberta-small");
const { manifest } = await loadBundle(FIXTURE);
const tokenizer = JSON.parse(await readFile(join(FIXTURE, "tokenizer.json"), "utf8")) as {
  pre_tokenizer: object;
  model: { vocab: Record<string, number> };
};

let root: string;
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), "onepass-bundling-"))));
afterEach(() => rm(root, { recursive: true }));

/** The fixture's model of a task as Optimum exports it, with parts of its files replaced. */
async function exported(
  task: "intent" | "slots",
  change: { config?: object; tokenizer?: object; files?: object } = {},
) {
  const folder = join(root, `hf-${task}`);
  await mkdir(folder);
  const { intent, slots } = manifest.tasks;
  const labels = task === "intent" ? intent!.labels : slots!.tags;
  const write = (name: string, json: unknown) => writeFile(join(folder, name), JSON.stringify(json));
  await write("config.json", {
    model_type: "roberta",
    id2label: { ...labels },
    max_position_embeddings: 130,
    pad_token_id: 1,
    ...change.config,
  });
  const pre_tokenizer = { ...tokenizer.pre_tokenizer, add_prefix_space: task === "slots" };
  await write("tokenizer.json", { ...tokenizer, pre_tokenizer, ...change.tokenizer });
  await cp(join(FIXTURE, `${task}.onnx`), join(folder, "model.onnx"));
  for (const [name, json] of Object.entries(change.files ?? {})) await write(name, json);
  return folder;
}

async function run(...args: string[]) {
  const io = fakeIo();
  return { code: await bundleEncoder.run(args, io), ...io.told };
}

/** As `value`, but numbers match to three decimals: processors round fp32 sums differently. */
const withinRounding = (value: unknown): unknown => {
  if (typeof value === "number") return expect.closeTo(value, 3);
  if (Array.isArray(value)) return value.map(withinRounding);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withinRounding(part)]));
};

test("two RoBERTa exports become a bundle that answers as they do", async () => {
  const out = join(root, "mine");
  const [intent, slots] = [await exported("intent"), await exported("slots")];
  const { code, stdout, stderr } = await run(
    "--intent",
    intent,
    "--slots",
    slots,
    "--out",
    out,
    "--schedule",
    "side-by-side",
  );
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toContain("mine@0.1.0");
  expect(stdout).toMatch(/wake me up at nine on friday"\n {2}intent alarm_set/);
  const bundle = await loadBundle(out);
  expect(bundle.manifest).toMatchObject({
    name: "mine",
    limits: { window_tokens: 126, max_tokens: 126 },
    text: { nfkc: false, lowercase: false, straight_quotes: false },
    tasks: manifest.tasks,
  });
  expect(bundle.manifest.model).toEqual({ ...manifest.model, schedule: "side-by-side" });
  expect(bundle.manifest.golden.cases).toEqual(withinRounding(manifest.golden.cases));
});

test("one export alone is a joint encoder, and its files can be links", async () => {
  const [out, intent] = [join(root, "mine"), await exported("intent")];
  expect(
    await run("--intent", intent, "--out", out, "--hard-link", "--text-case", "lower", "--name", "it"),
  ).toMatchObject({
    code: 0,
  });
  const { manifest: made } = await loadBundle(out);
  expect(made).toMatchObject({ name: "it", text: { lowercase: true }, model: { engine: "joint-encoder" } });
  expect((await stat(join(out, "intent.onnx"))).ino).toBe((await stat(join(intent, "model.onnx"))).ino);
});

test("a topic without groups is its own, and is read window by window", async () => {
  const [out, topic] = [join(root, "mine"), await exported("intent")];
  expect(await run("--topic", topic, "--out", out)).toMatchObject({ code: 0 });
  const { manifest: made } = await loadBundle(out);
  const [first] = manifest.tasks.intent!.labels;
  expect(made.tasks.topic!.groups[first!]).toBe(first);
  expect(made.limits).toEqual({ window_tokens: 126, max_tokens: 8192 });
});

test("the graph is found where the hub keeps it, and by name", async () => {
  const intent = await exported("intent", { config: { max_position_embeddings: 66 } });
  await mkdir(join(intent, "onnx"));
  await cp(join(intent, "model.onnx"), join(intent, "onnx/model_quantized.onnx"));
  const { code } = await run("--intent", intent, "--out", join(root, "mine"), "--file", "model_quantized.onnx");
  expect(code).toBe(0);
});

test.each<[string, Parameters<typeof exported>[1], string[], string]>([
  ["labels without names", { config: { id2label: { 0: "LABEL_0", 1: "LABEL_1" } } }, [], "has no names for its labels"],
  ["labels that miss one", { config: { id2label: { 0: "a", 2: "c" } } }, [], "does not name the labels 0, 1, 2"],
  ["too few labels", { config: { id2label: { 0: "a", 1: "b" } } }, [], "and intent 2 labels"],
  ["weights in a second file", { files: { "model.onnx_data": [] } }, [], "weights outside of the graph's file"],
  ["a SentencePiece tokenizer", { tokenizer: { model: { type: "Unigram" } } }, [], "Unigram behind ByteLevel"],
  [
    "added words",
    { tokenizer: { added_tokens: [{ id: 9, content: "covid", special: false }] } },
    [],
    "adds tokens (covid)",
  ],
  ["a tokenizer that frames nothing", { tokenizer: { post_processor: null } }, [], "puts 0 tokens around a text"],
  ["a malformed config", { config: { id2label: ["x"] } }, [], "config.json is malformed"],
  ["a missing graph", {}, ["--file", "none.onnx"], "has no none.onnx"],
  ["a missing output", {}, ["--output", "intent=scores"], "say which one answers intent"],
  ["more positions than the graph has", { config: { max_position_embeddings: 600 } }, [], "fail on 596 tokens"],
])("refuses %s, with a message and without a trace", async (_case, change, options, message) => {
  const [out, intent] = [join(root, "mine"), await exported("intent", change)];
  const { code, stderr } = await run("--intent", intent, "--out", out, ...options);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
  await expect(stat(out)).rejects.toThrow();
  await expect(stat(`${out}.partial`)).rejects.toThrow();
});

test("refuses models of different tokenizers", async () => {
  const other = { model: { ...tokenizer.model, vocab: { ...tokenizer.model.vocab, more: 9999 } } };
  const [intent, slots] = [await exported("intent"), await exported("slots", { tokenizer: other })];
  const { code, stderr } = await run("--intent", intent, "--slots", slots, "--out", join(root, "mine"));
  expect(stderr).toContain('differ in "model"');
  expect(code).toBe(2);
});

test("never overwrites a folder", async () => {
  const [out, intent] = [join(root, "mine"), await exported("intent")];
  await mkdir(out);
  await writeFile(join(out, "notes"), "mine");
  expect((await run("--intent", intent, "--out", out)).stderr).toContain("is there already");
  expect(await readFile(join(out, "notes"), "utf8")).toBe("mine");
});

test.each([
  [["--out", "y"], "--intent, --slots or --topic is missing"],
  [["--intent", "x"], "--out is missing"],
  [["--intent", "/nowhere", "--out", "y"], "/nowhere does not exist"],
  [["--intent", "x", "--out", "y", "--text-case", "upper"], '--text-case: "upper" is unknown'],
  [["--intent", "x", "--out", "y", "--output", "intent"], '"intent" is not TASK=NAME'],
  [["--intent", "x", "--out", "y", "--groups", "/nowhere"], "--groups: /nowhere"],
  [["--out", "y", "--entity", "x"], "--entity"],
])("says what is wrong with %j", async (args, message) => {
  const { code, stderr } = await run(...args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test("tells its options", async () => {
  expect(await run("--help")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("onepass bundle encoder --intent"),
  });
});
