import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadBundle, type Bundle } from "../../../src/bundle/bundle.js";
import type { EncoderModel } from "../../../src/bundle/manifest.js";
import { openEncoder } from "../../../src/engines/encoder/encoder.js";
import type { ForwardScores, Runtime } from "../../../src/engines/queued.js";
import { prepareText } from "../../../src/text/prepare.js";
import { mixedTexts } from "../answers.js";

const FIXTURES = join(import.meta.dirname, "../../fixtures");
const MASSIVE = join(import.meta.dirname, "../../../../shared/data/massive/dev.jsonl.gz");

/** What transformers computed in Python: `training/roberta_small.py`. */
interface Reference {
  readonly text: string;
  readonly intent_ids: number[];
  readonly slots_ids: number[];
  readonly word_positions: number[];
  readonly intent: number[];
  readonly slots: number[][];
}
const reference = JSON.parse(readFileSync(join(FIXTURES, "roberta-small-reference.json"), "utf8")) as Reference[];

async function open(name: string, change: Partial<EncoderModel> = {}): Promise<{ bundle: Bundle; runtime: Runtime }> {
  const bundle = await loadBundle(join(FIXTURES, name));
  const model = { ...(bundle.manifest.model as EncoderModel), ...change };
  return { bundle, runtime: await openEncoder(bundle, model, { threads: 2 }) };
}

async function score({ bundle, runtime }: Awaited<ReturnType<typeof open>>, text: string): Promise<ForwardScores> {
  const encoded = runtime.encode(prepareText(text, bundle.manifest.text));
  const [scores] = await runtime.run([{ tasks: ["intent", "slots"], ...encoded }]);
  return scores!;
}

const argmax = (scores: ArrayLike<number>) =>
  Array.from(scores).reduce((best, x, i) => (x > scores[best]! ? i : best), 0);
const furthest = (found: ArrayLike<number>, expected: readonly number[]) =>
  Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)));

/** Shares of texts and of words that two models label alike. */
async function agreement(texts: readonly string[]): Promise<{ intents: number; words: number }> {
  const alike = { intents: 0, words: 0 };
  let words = 0;
  for (const text of texts) {
    const [exact, quantized] = [await score(fp32, text), await score(int8, text)];
    if (argmax(exact.intent!) === argmax(quantized.intent!)) alike.intents += 1;
    for (const [i, row] of exact.slots!.entries()) if (argmax(row) === argmax(quantized.slots![i]!)) alike.words += 1;
    words += exact.slots!.length;
  }
  return { intents: alike.intents / texts.length, words: alike.words / words };
}

let fp32: Awaited<ReturnType<typeof open>>;
let int8: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  fp32 = await open("roberta-small");
  int8 = await open("roberta-small-int8");
});
afterAll(async () => {
  for (const { runtime } of [fp32, int8]) await runtime[Symbol.asyncDispose]();
});

describe.each(reference.map((row) => [row.text, row] as const))("RoBERTa reads %j", (text, expected) => {
  test("as Python's tokenizers do: slots with a space before the first word, the intent without", () => {
    const { bundle, runtime } = fp32;
    const forward = { tasks: ["intent" as const], ...runtime.encode(prepareText(text, bundle.manifest.text)) };
    expect(runtime.prompt(forward)).toEqual({ ids: expected.slots_ids, words: expected.word_positions });
    const { ids, beginning } = forward;
    expect([0, ...beginning!.ids, ...ids.slice(beginning!.replaces), 2]).toEqual(expected.intent_ids);
  });

  test("with the logits of transformers in fp32, to 1e-3", async () => {
    const { intent, slots, promptTokens } = await score(fp32, text);
    expect(intent).toHaveLength(expected.intent.length);
    expect(furthest(intent!, expected.intent)).toBeLessThan(1e-3);
    expect(slots).toHaveLength(expected.slots.length);
    for (const [i, row] of expected.slots.entries()) expect(furthest(slots![i]!, row)).toBeLessThan(1e-3);
    expect(promptTokens).toBe(expected.intent_ids.length + expected.slots_ids.length);
  });
});

test("the reference has sentences enough to tell", () => {
  expect(reference.length).toBeGreaterThanOrEqual(20);
});

test("no special token in a text is one", () => {
  const { bundle, runtime } = fp32;
  const { ids, beginning } = runtime.encode(prepareText("<s> </s><pad> <unk> <mask>", bundle.manifest.text));
  const special = [0, 1, 2, 3, 4025]; // <s>, <pad>, </s>, <unk>, <mask>
  for (const token of special) expect([...ids, ...beginning!.ids]).not.toContain(token);
});

test("side by side answers as in turn", async () => {
  const beside = await open("roberta-small", { schedule: "side-by-side" });
  try {
    for (const text of reference.map((row) => row.text)) {
      const [inTurn, atOnce] = [await score(fp32, text), await score(beside, text)];
      expect(atOnce.promptTokens).toBe(inTurn.promptTokens);
      expect(furthest(atOnce.intent!, Array.from(inTurn.intent!))).toBeLessThan(1e-4);
      for (const [i, row] of inTurn.slots!.entries()) {
        expect(furthest(atOnce.slots![i]!, Array.from(row))).toBeLessThan(1e-4);
      }
    }
  } finally {
    await beside.runtime[Symbol.asyncDispose]();
  }
});

test("of the graphs only those run whose tasks are asked for", async () => {
  const { bundle, runtime } = fp32;
  const encoded = runtime.encode(prepareText("wake me up", bundle.manifest.text));
  const [slots] = await runtime.run([{ tasks: ["slots"], ...encoded }]);
  expect(Object.keys(slots!).sort()).toEqual(["promptTokens", "slots"]);
  const [intent] = await runtime.run([{ tasks: ["intent"], ...encoded }]);
  expect(Object.keys(intent!).sort()).toEqual(["intent", "promptTokens"]);
});

test("a text of a whole window fits either beginning", async () => {
  const { bundle } = fp32;
  const { window_tokens } = bundle.manifest.limits;
  expect(window_tokens).toBe(126); // 130 positions, of which RoBERTa never uses two, <s> and </s>
  const ids = new Array<number>(window_tokens).fill(100);
  const beginning = { ids: [100, 100, 100], replaces: 1 };
  const [scores] = await fp32.runtime.run([{ tasks: ["intent", "slots"], ids, words: [0], beginning }]);
  expect(scores!.promptTokens).toBe(2 * 128);
});

test("int8 labels our own sentences as fp32 does", async () => {
  const { intents, words } = await agreement([...reference.map(({ text }) => text), ...mixedTexts(200)]);
  expect(intents).toBeGreaterThanOrEqual(0.99);
  expect(words).toBeGreaterThanOrEqual(0.99);
});

// Run where the data is: `../shared/data` from the package.
test.skipIf(!existsSync(MASSIVE))("int8 labels MASSIVE dev as fp32 does", async () => {
  const lines = gunzipSync(readFileSync(MASSIVE)).toString("utf8").trim().split("\n");
  const texts = lines.map((line) => (JSON.parse(line) as { text: string }).text);
  const { intents, words } = await agreement(texts);
  console.log(`int8 agrees with fp32 on ${intents * 100} % of the intents, ${words * 100} % of the words`);
  expect(intents).toBeGreaterThanOrEqual(0.99);
  expect(words).toBeGreaterThanOrEqual(0.99);
});
if (!existsSync(MASSIVE)) console.warn(`SKIPPED: int8 against fp32 on MASSIVE dev, since ${MASSIVE} is missing`);
