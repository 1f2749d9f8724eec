import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadData } from "../../../src/proof/evaluation/load.js";

const plain = { cut: false, stripHeaders: false };
let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-load-"))));
afterAll(() => rm(folder, { recursive: true }));

const line = (id: number, text = "hi") => JSON.stringify({ id: String(id), text, intent: "greet" });

async function load(name: string, content: string | Buffer, options: Partial<Parameters<typeof loadData>[1]> = {}) {
  const file = join(folder, name);
  await writeFile(file, content);
  const [data] = await loadData([file], { ...plain, ...options });
  return data!.rows;
}

test("rows are read from plain and gzipped lines alike, with any ends of line", async () => {
  const content = `${line(1, "grüß dich 💡")}\r\n\n${line(2)}\n${line(3)}`;
  const rows = await load("a.jsonl", content);
  expect(rows.map((row) => row.id)).toEqual(["1", "2", "3"]);
  expect(await load("a.jsonl.gz", gzipSync(content))).toEqual(rows);
});

test("a line longer than what is read at once stays whole", async () => {
  const text = "wörter ".repeat(40_000);
  expect((await load("long.jsonl", `${line(1, text)}\n${line(2)}`))[0]?.text).toBe(text);
});

test("the limit takes the first rows and leaves the rest unread", async () => {
  expect(await load("limit.jsonl", `${line(1)}\n${line(2)}\nnot a row`, { limit: 2 })).toHaveLength(2);
});

test("a sample is drawn from the whole file, stays in order, and depends on its seed alone", async () => {
  const lines = Array.from({ length: 40 }, (_, i) => line(i)).join("\n");
  const ids = async (seed: number, limit?: number) =>
    (await load("sample.jsonl", lines, { sample: { size: 8, seed }, ...(limit && { limit }) })).map((row) =>
      Number(row.id),
    );
  const sample = await ids(1);
  expect(sample).toHaveLength(8);
  expect(sample).toEqual(sample.toSorted((a, b) => a - b));
  expect(Math.max(...sample)).toBeGreaterThan(20);
  expect(await ids(1)).toEqual(sample);
  expect(await ids(2)).not.toEqual(sample);
  expect(await ids(1, 3)).toEqual(sample.slice(0, 3)); // the limit comes last
});

test("a file is known by its hash, whatever part of it is read", async () => {
  const content = `${line(1)}\n${line(2)}`;
  await load("hash.jsonl", content);
  const [whole] = await loadData([join(folder, "hash.jsonl")], plain);
  const [part] = await loadData([join(folder, "hash.jsonl")], { ...plain, limit: 1 });
  expect(whole?.sha256).toBe(createHash("sha256").update(content).digest("hex"));
  expect(part?.sha256).toBe(whole?.sha256);
});

test("a bad row is named by file and line", async () => {
  await expect(load("bad.jsonl", `${line(1)}\n\n{"id": "3"}\n`)).rejects.toThrow(/bad\.jsonl:3: text: /);
});

test.each([
  ["that is missing", "missing.jsonl", undefined, /missing\.jsonl: can't be read: ENOENT/],
  ["that is no gzip", "no.jsonl.gz", "plain", /no\.jsonl\.gz: can't be read: incorrect header/],
  [
    "that was cut off",
    "cut.jsonl.gz",
    gzipSync(line(1).repeat(50)).subarray(0, 40),
    /can't be read: unexpected end of file/,
  ],
  ["without rows", "empty.jsonl", "\n", /empty\.jsonl: has no rows/],
])("a file %s is told", async (_name, name, content, message) => {
  const file = join(folder, name);
  if (content !== undefined) await writeFile(file, content);
  await expect(loadData([file], plain)).rejects.toThrow(message);
});

const post = (topic: string, number: number) =>
  JSON.stringify({ id: `train/${topic}/${number}`, text: `From: someone\n\nbody ${number}`, topic });

test("the cut takes the last tenth of each topic by number, as numbers and not as strings", async () => {
  const numbers = [9, 10, 100, 20, 30, 40, 50, 60, 70, 80];
  const posts = [...numbers.map((n) => post("rec.autos", n)), ...numbers.map((n) => post("sci.med", n + 1))];
  const rows = await load("posts.jsonl", posts.join("\n"), { cut: true });
  expect(rows.map((row) => row.id)).toEqual(["train/rec.autos/100", "train/sci.med/101"]);
});

test.each([
  [4, 0],
  [5, 0], // Python rounds halves to even
  [6, 1],
  [15, 2],
  [25, 2],
  [35, 4],
])("of %i posts the cut takes %i", async (posts, taken) => {
  const lines = [
    ...Array.from({ length: posts }, (_, i) => post("a", i)),
    ...Array.from({ length: 10 }, (_, i) => post("b", i)),
  ];
  const rows = await load("count.jsonl", lines.join("\n"), { cut: true });
  expect(rows.filter((row) => row.topic === "a")).toHaveLength(taken);
});

test("the cut comes before the sample", async () => {
  const posts = Array.from({ length: 40 }, (_, i) => post("a", i));
  const rows = await load("cut-sample.jsonl", posts.join("\n"), { cut: true, sample: { size: 4, seed: 0 } });
  expect(rows.map((row) => row.id)).toEqual([36, 37, 38, 39].map((number) => `train/a/${number}`));
});

test("the cut comes before the limit", async () => {
  const posts = Array.from({ length: 20 }, (_, i) => post("a", i));
  const rows = await load("both.jsonl", posts.join("\n"), { cut: true, limit: 1 });
  expect(rows.map((row) => row.id)).toEqual(["train/a/18"]);
});

test.each([
  [line(1), "the cut needs rows with a topic"],
  [JSON.stringify({ id: "post-7", text: "x", topic: "a" }), "no post number"],
])("a row that can't be cut is named", async (row, message) => {
  await expect(load("nocut.jsonl", row, { cut: true })).rejects.toThrow(message);
});

test("headers end at the first empty line", async () => {
  const rows = await load("headers.jsonl", `${post("a", 1)}\n${line(2, "no header\nat all")}`, { stripHeaders: true });
  expect(rows.map((row) => row.text)).toEqual(["body 1", "no header\nat all"]);
});

test("perturbed rows are the same in every run", async () => {
  const lines = Array.from({ length: 50 }, (_, i) => line(i, "remember the number of words")).join("\n");
  const rows = await load("perturbed.jsonl", lines, { perturb: "typos" });
  expect(rows).toEqual(await load("perturbed.jsonl", lines, { perturb: "typos" }));
  expect(new Set(rows.map((row) => row.text)).size).toBeGreaterThan(5);
});
