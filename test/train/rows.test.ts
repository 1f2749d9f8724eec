import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileOf, prepareRows, writeRows } from "../../src/train/rows.js";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-train-"))));
afterEach(() => rm(folder, { recursive: true }));

const OPTIONS = { dev: [], test: [], share: 0.2, seed: 1 };
const csv = (...lines: string[]) => ["text,intent", ...lines, ""].join("\n");
const many = (intent: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${intent} number ${i},${intent}`);

async function prepare(content: string, more: Partial<Parameters<typeof prepareRows>[0]> = {}) {
  const file = join(folder, "data.csv");
  await writeFile(file, content);
  return prepareRows({ ...OPTIONS, files: [file], ...more });
}

test("where no row is of dev, a share of every label is set aside", async () => {
  const { rows, tasks, reject } = await prepare(csv(...many("a", 20), ...many("b", 10)));
  const dev = (intent: string) => rows.dev.filter((row) => row.intent === intent).length;
  expect([dev("a"), dev("b"), rows.train.length, rows.test.length]).toEqual([4, 2, 24, 0]);
  expect([tasks, reject]).toEqual([["intent"], undefined]);
});

test("rows of dev that are given judge, and nothing is set aside", async () => {
  const dev = join(folder, "dev.csv");
  await writeFile(dev, csv("some text,a"));
  const { rows } = await prepare(csv(...many("a", 10), ...many("b", 10)), { dev: [dev] });
  expect([rows.train.length, rows.dev.length]).toEqual([20, 1]);
});

test("a label that stands for what is out of scope is known by its usual names, or named", async () => {
  expect((await prepare(csv(...many("a", 10), ...many("Out-of-Scope", 10)))).reject).toBe("Out-of-Scope");
  const named = { outOfScope: "chitchat" };
  expect((await prepare(csv(...many("a", 10), ...many("chitchat", 10)), named)).reject).toBe("chitchat");
  await expect(prepare(csv(...many("a", 10), ...many("b", 10)), named)).rejects.toThrow('has the intent "chitchat"');
});

test("of a folder that import made, the rows are read and the report is not", async () => {
  const row = (i: number, split: string) =>
    JSON.stringify({ id: `${split}${i}`, split, text: `say [word ${i}`, intent: i % 2 ? "a" : "b" });
  const lines = (split: string, count: number) => Array.from({ length: count }, (_, i) => row(i, split)).join("\n");
  await writeFile(join(folder, "train.jsonl"), lines("train", 12));
  await writeFile(join(folder, "dev.jsonl"), lines("dev", 3));
  await writeFile(join(folder, "report.json"), '{"rows": {}}');
  const { rows } = await prepareRows({ ...OPTIONS, files: [folder] });
  expect([rows.train.length, rows.dev.length]).toEqual([12, 3]);
});

test.each([
  ["a faulty row, with its place", csv(...many("a", 10), ",b"), /data\.csv:12:1: the text is empty[^]*--skip-faulty/],
  ["too few rows", csv(...many("a", 5)), /5 rows of train are too few|4 rows of train are too few/],
  ["one label", csv(...many("a", 30)), "All rows of train have the intent a"],
  [
    "nothing to judge by",
    csv(...Array.from({ length: 12 }, (_, i) => `text ${i},label${i}`)),
    "No row could be set aside",
  ],
])("what nothing can be learnt from is told: %s", async (_, content, message) => {
  await expect(prepare(content)).rejects.toThrow(message);
});

test("rows of dev with a label that train lacks judge the model, but do not calibrate it", async () => {
  const dev = join(folder, "dev.csv");
  await writeFile(dev, csv("some text,a", "other text,unheard"));
  const { rows } = await prepare(csv(...many("a", 10), ...many("b", 10)), { dev: [dev] });
  await writeRows(folder, rows);
  const textsOf = async (name: string) =>
    gunzipSync(await readFile(fileOf(folder, name)))
      .toString()
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { text: string }).text);
  expect(await textsOf("dev")).toEqual(["some text"]);
  expect(await textsOf("judge-dev")).toEqual(["some text", "other text"]);
});
