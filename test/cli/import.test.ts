import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importCommand } from "../../src/cli/import.js";
import { parseRow } from "../../src/proof/evaluation/labelled-text.js";
import { onepass } from "./binary.js";
import { fakeIo } from "./io.js";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-import-"))));
afterEach(() => rm(folder, { recursive: true }));

const file = async (name: string, content: string | Buffer) => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const rowsOf = async (path: string) =>
  (await readFile(path, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function run(...args: string[]) {
  const io = fakeIo();
  return { code: await importCommand.run(args, io), ...io.told };
}

/** Ten texts of two intents, with slots. */
const RASA = `nlu:
- intent: alarm
  examples: |
${Array.from({ length: 10 }, (_, i) => `    - 🍕 wake me at [${i + 1} am](time)`).join("\n")}
- intent: music
  examples: |
${Array.from({ length: 10 }, (_, i) => `    - play song number ${i}`).join("\n")}
`;

test("a file becomes train and dev rows that evaluate reads, and a report", async () => {
  const out = join(folder, "mine");
  const { code, stdout, stderr } = await run(await file("nlu.yml", RASA), "--split", "0.2", "--out", out);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("rows: train 16, dev 4; 2 intents, 1 slots");
  const [train, dev] = [await rowsOf(join(out, "train.jsonl")), await rowsOf(join(out, "dev.jsonl"))];
  expect([train.length, dev.length]).toEqual([16, 4]);
  expect(train.filter(({ intent }) => intent === "music")).toHaveLength(8);
  const parsed = [...train, ...dev].map((row) => parseRow(JSON.stringify(row)));
  for (const { text, slots = [] } of parsed) {
    for (const { start, end } of slots) expect(text.slice(start, end)).toMatch(/^\d+ am$/);
  }
  expect(await readFile(join(out, "report.html"), "utf8")).toContain("<svg");
  expect(JSON.parse(await readFile(join(out, "report.json"), "utf8"))).toMatchObject({ rows: { train: 16, dev: 4 } });
});

test("all faults of all files are told, and nothing is written", async () => {
  const out = join(folder, "mine");
  const files = [await file("a.csv", "text,intent\n,x\nhi,greet\n"), await file("b.bio", "a\n")];
  const { code, stderr } = await run(...files, "--out", out);
  expect(code).toBe(2);
  expect(stderr).toContain(`${files[0]!}:2:1: the text is empty`);
  expect(stderr).toContain(`${files[1]!}:1:1: has a token without a tag`);
  expect(stderr).toContain("2 faults: Nothing was written.");
  expect(existsSync(out)).toBe(false);
});

test("faulty rows can be left out", async () => {
  const out = join(folder, "mine");
  const { code } = await run(await file("a.csv", "text,intent\n,x\nhi,greet\n"), "--out", out, "--skip-faulty");
  expect(code).toBe(0);
  expect(await rowsOf(join(out, "train.jsonl"))).toMatchObject([{ text: "hi", intent: "greet" }]);
});

test("files of dev, folders and packed files are read", async () => {
  const train = await file("train.jsonl.gz", gzipSync('{"id": 1, "text": "hi", "intent": "greet"}\n'));
  const dev = await file("dev.csv", "text,intent,split\nhello,greet,train\n");
  const { code, stdout } = await run(train, "--dev", dev, "--json");
  const report = JSON.parse(stdout) as { rows: object; faults: object[] };
  expect([code, report.rows, report.faults]).toEqual([0, { train: 1, dev: 1 }, []]);
  expect((await run(folder)).stdout).toContain("rows: train 2");
});

test.each([
  ["nowhere.yml", [], "nowhere.yml: there is no such file"],
  ["a.docx", [], "of what format? Say --format"],
  ["a.csv", ["--split", "1.5"], "--split"],
  ["dev.csv", ["--split", "0.1"], "the data has rows of dev already"],
])("%s %j is refused", async (name, args, message) => {
  await file("a.docx", "x");
  await file("a.csv", "text,intent\nhi,greet\n");
  await file("dev.csv", "text,intent,split\nhi,greet,dev\n");
  const { code, stderr } = await run(join(folder, name), ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test("bytes that are no UTF-8 are told", async () => {
  const { code, stderr } = await run(await file("a.csv", Buffer.from("text,intent\nz\xfcrich,x\n", "latin1")));
  expect(code).toBe(2);
  expect(stderr).toContain("can't be read as UTF-8");
});

test("an id that occurs twice is a fault", async () => {
  const { stderr } = await run(await file("a.csv", "text,intent,id\nhi,greet,1\nho,greet,1\n"));
  expect(stderr).toContain("a.csv:3:1: the id 1 occurs twice");
});

test("the binary imports and exits as it should", async () => {
  const [good, bad] = [await file("nlu.yml", RASA), await file("bad.csv", "text,intent\n,\n")];
  expect(await onepass(["import", good, "--json"])).toMatchObject({ code: 0, stderr: "" });
  expect(await onepass(["import", bad])).toMatchObject({ code: 2 });
});
