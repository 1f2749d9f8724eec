import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Store } from "../../../src/proof/results/store.js";
import { LOAD_TEST, memoryRecord, record } from "./fixtures.js";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-store-"))));
afterEach(() => rm(folder, { recursive: true }));

test("what is saved is read again, in the order of the systems", async () => {
  const store = new Store(join(folder, "made"));
  const records = [record("joint-encoder", "massive", 0.5), record("single-pass", "newsgroups", 0.5)];
  for (const one of records) await store.saveAccuracy(one);
  await store.saveMemory([memoryRecord("single-pass", 100)]);
  await writeFile(join(folder, "made", "loadtest.json"), JSON.stringify({ ...LOAD_TEST, blocks: [{ any: 1 }] }));
  expect(await store.all()).toEqual({
    accuracy: records.toReversed(),
    memory: [memoryRecord("single-pass", 100)],
    loadTest: LOAD_TEST,
  });
});

test("a file holds a column a line", async () => {
  const store = new Store(folder);
  await store.saveAccuracy(record("generate", "massive", 0.5, { rows: 3 }));
  const json = await readFile(join(folder, "accuracy", "generate.massive.json"), "utf8");
  expect(json).toMatch(/^ +"slots_gold": \[2,2,2\],$/m);
});

test("an empty folder holds nothing", async () => {
  expect(await new Store(folder).all()).toEqual({ accuracy: [], memory: [] });
});

test.each([
  ["accuracy/single-pass.massive.json", "{", "single-pass.massive.json: is no JSON"],
  ["accuracy/single-pass.massive.json", '{"system": "single-pass"}', "single-pass.massive.json: is malformed"],
  ["memory.json", '[{"system": "single-pass"}]', "memory.json: is malformed"],
  ["loadtest.json", '{"ratios": {}}', "loadtest.json: is malformed"],
])("%s with %s is refused by name", async (file, content, message) => {
  await mkdir(join(folder, "accuracy"));
  await writeFile(join(folder, file), content);
  await expect(new Store(folder).all()).rejects.toThrow(message);
});

test("a folder that can't be written is told", async () => {
  await writeFile(join(folder, "file"), "");
  const store = new Store(join(folder, "file"));
  await expect(store.saveMemory([])).rejects.toThrow("memory.json: can't be written");
});
