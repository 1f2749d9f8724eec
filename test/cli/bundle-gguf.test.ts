import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadBundle } from "../../src/bundle/bundle.js";
import { bundleGguf } from "../../src/cli/bundle-gguf.js";
import { onepass } from "./binary.js";
import { fakeIo } from "./io.js";

const WEIGHTS = join(import.meta.dirname, "../fixtures/tiny-causal/decoder.gguf");

let root: string;
let out: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "onepass-gguf-"));
  out = join(root, "mine");
});
afterEach(() => rm(root, { recursive: true }));

const file = async (name: string, content: string) => {
  await writeFile(join(root, name), content);
  return join(root, name);
};
const labels = () =>
  file("labels.json", '{"intent": ["a", "b"], "slots": ["time"], "topic": {"x": "group", "y": "group"}}');

async function run(...args: string[]) {
  const io = fakeIo();
  return { code: await bundleGguf.run(args, io), ...io.told };
}

test("weights and labels become a bundle that answers", async () => {
  const asked = ["--system", "Answer as JSON.", "--user", "Text: {text}", "--max-tokens", "64", "--license", "MIT"];
  const { code, stdout, stderr } = await run(WEIGHTS, "--labels", await labels(), ...asked, "--out", out);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /is mine@0\.1\.0\. It answers\n {2}"wake me up at nine on friday"\n {2}intent [ab]\n {2}topic [xy]\n {2}slots /,
  );
  const { manifest } = await loadBundle(out);
  expect(manifest).toMatchObject({
    name: "mine",
    license: "MIT",
    tasks: {
      intent: { labels: ["a", "b"] },
      slots: { tags: ["O", "B-time", "I-time"] },
      topic: { labels: ["x", "y"], groups: { x: "group", y: "group" } },
    },
    limits: { window_tokens: 64, max_tokens: 64 },
    model: {
      engine: "generate",
      decoders: [
        {
          file: "decoder.gguf",
          tasks: ["intent", "slots", "topic"],
          prompt: { kind: "chat", system: "Answer as JSON.", user: "Text: {text}" },
          values: "free",
        },
      ],
    },
  });
});

test("labels can be those of the rows that it was trained on", async () => {
  const rows = [
    { text: "a", intent: "play", entities: [{ type: "song", start: 0, end: 1 }] },
    { text: "a", intent: "alarm", tokens: ["a"], slots: ["B-time"] },
    { text: "a", topic: "sci.med", topic7: "sci" },
  ];
  const data = await file("train.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
  const { code } = await run(
    WEIGHTS,
    "--data",
    data,
    "--plain",
    "{text} =>",
    "--values",
    "of-text",
    "--out",
    out,
    "--max-tokens",
    "32",
  );
  expect(code).toBe(0);
  const { manifest } = await loadBundle(out);
  expect(manifest.tasks).toMatchObject({
    intent: { labels: ["alarm", "play"] },
    slots: { tags: ["O", "B-song", "I-song", "B-time", "I-time"] },
    topic: { labels: ["sci.med"], groups: { "sci.med": "sci" } },
  });
  expect(manifest.model).toMatchObject({
    decoders: [{ prompt: { kind: "plain", template: "{text} =>" }, values: "of-text" }],
  });
});

test.each([
  [[], "--labels or --data"],
  [["--labels", "LABELS", "--plain", "x"], '--plain: "x" does not name the place of the text'],
  [["--labels", "LABELS", "--plain", "{text}", "--system", "s"], "--plain: not together with --system"],
  [["--labels", "/nowhere"], "--labels: /nowhere can't be read"],
  [["--labels", "EMPTY"], "names neither intent nor slots nor topic"],
])("%j is refused", async (args, message) => {
  const [sound, empty] = [await labels(), await file("empty.json", "{}")];
  const given = args.map((arg) => ({ LABELS: sound, EMPTY: empty })[arg] ?? arg);
  const { code, stderr } = await run(WEIGHTS, "--out", out, ...given);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test("what is no GGUF leaves nothing behind", async () => {
  const { code, stderr } = await run(await file("model.gguf", "no weights"), "--labels", await labels(), "--out", out);
  expect(code).not.toBe(0);
  expect(stderr).not.toBe("");
  expect([out, `${out}.partial`].filter(existsSync)).toEqual([]);
  expect(await run("/nowhere.gguf", "--labels", await labels(), "--out", out)).toMatchObject({
    code: 2,
    stderr: "/nowhere.gguf does not exist\n",
  });
});

test("the binary makes a bundle", { timeout: 180_000 }, async () => {
  const asked = ["--labels", await labels(), "--out", out, "--max-tokens", "32", "--json"];
  const { code, stdout } = await onepass(["bundle", "gguf", WEIGHTS, ...asked]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    folder: out,
    model: "mine@0.1.0",
    answer: expect.stringContaining("intent"),
  });
});
