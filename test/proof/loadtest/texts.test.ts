import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LoadTestError } from "../../../src/proof/loadtest/errors.js";
import { ownSet, readTexts } from "../../../src/proof/loadtest/texts.js";

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-texts-"))));
afterAll(() => rm(folder, { recursive: true }));

async function written(content: string): Promise<string> {
  const file = join(folder, "texts.txt");
  await writeFile(file, content);
  return file;
}

const lengths = (name: "short" | "long" | "mixed") => ownSet(name).texts.map((text) => text.split(" ").length);

test("short texts are short, long ones long, and the mixed set has both", () => {
  expect(Math.max(...lengths("short"))).toBe(4);
  expect(Math.min(...lengths("long"))).toBe(10);
  expect([Math.min(...lengths("mixed")), Math.max(...lengths("mixed"))]).toEqual([1, 21]);
});

test("a file of texts has one a line", async () => {
  const file = await written("switch it off\r\n\n  and on again\n");
  expect(await readTexts(file)).toEqual({ name: file, texts: ["switch it off", "  and on again"] });
});

test("JSON Lines have theirs in text", async () => {
  const file = await written('{"text":"switch it off","intent":"x"}\n{"text":"and on"}');
  expect((await readTexts(file)).texts).toEqual(["switch it off", "and on"]);
});

test.each([
  ["broken JSON", 'fine\n\n{"text": "cut', /texts\.txt:3: is not valid JSON/],
  ["a row without text", '{"text":"fine"}\n{"utterance":"no"}', /texts\.txt:2: has no "text" that says anything/],
  ["a text that is no string", '{"text":7}', /texts\.txt:1: has no "text"/],
  ["a text of white space", '{"text":" "}', /texts\.txt:1: has no "text"/],
  ["nothing", "\n\n", /texts\.txt: has no texts/],
])("%s is told with its line", async (_name, content, message) => {
  const reading = readTexts(await written(content));
  await expect(reading).rejects.toThrow(message);
  await expect(reading).rejects.toBeInstanceOf(LoadTestError);
});

test("a file that is missing is told", async () => {
  await expect(readTexts(join(folder, "missing.txt"))).rejects.toThrow(/missing\.txt can't be read/);
});
