import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { discoverBundles } from "../../../src/bundle/discover.js";
import { DirectReader } from "../../../src/engines/decoder/direct-reader.js";
import { loadModel, type LoadedModel } from "../../../src/engines/decoder/model.js";
import { isClose, PrefixLm } from "../../../src/engines/decoder/prefix-lm.js";
import { buildPrompt, labelRanges } from "../../../src/engines/decoder/prompt.js";
import { PublicReader } from "../../../src/engines/decoder/public-reader.js";
import type { LogitReader } from "../../../src/engines/decoder/reader.js";

const { bundles } = await discoverBundles(join(import.meta.dirname, "../../../models"));
const { model: spec, tasks } = bundles.find(({ manifest }) => manifest.model.engine === "single-pass")!.manifest;
if (spec.engine !== "single-pass") throw new Error("no decoder in models/");
const bundle = bundles.find(({ manifest }) => manifest.model === spec)!;
const labels = labelRanges(spec, tasks);
const settings = { threads: 2, batch: { maxSequences: 2, maxTokens: 64 }, longestPrompt: 32 };
const intent = (...ids: number[]) => buildPrompt(spec, { tasks: ["intent"], ids, words: [] });

let loaded: LoadedModel;
beforeAll(async () => {
  loaded = await loadModel(bundle.path(spec.file), 1, false);
}, 60_000);
afterAll(async () => {
  await loaded[Symbol.asyncDispose]();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([
  ["DirectReader", DirectReader],
  ["PublicReader", PublicReader],
])("%s", (_name, Reader) => {
  let reader: LogitReader;
  beforeAll(async () => {
    reader = await Reader.open(loaded.model, labels, settings);
  });
  afterAll(async () => {
    await reader[Symbol.asyncDispose]();
  });

  test("a batch that fails leaves nothing behind, and attention goes both ways", async () => {
    const before = await reader.read([intent(300, 400, 500), intent(300, 400, 501)]);
    const unequal = reader.read([intent(300, 400, 500), intent(300, 400)]);
    await expect(unequal).rejects.toThrow("a batch of prompts of 5, 4 tokens");
    expect(await reader.read([intent(300, 400, 500), intent(300, 400, 501)])).toEqual(before);
    // The read-out stands before the token that differs.
    expect(before[0]![0]).not.toEqual(before[1]![0]);
  });

  test("refuses a batch of more tokens than it has room for, and works on", async () => {
    const long = intent(...new Array<number>(31).fill(300));
    await expect(reader.read([long, long])).rejects.toThrow("within 64 tokens");
    expect((await reader.read([intent(300)]))[0]![0]).toHaveLength(labels.intent!.count);
  });
});

test("the direct way gives the logits that the public interface gives, digit by digit", async () => {
  const forward = (seed: number) => ({
    tasks: ["intent", "slots", "topic"] as const,
    ids: Array.from({ length: 12 }, (_, i) => (seed * 7919 + i * 613) % 16_000),
    words: [0, 1, 3, 4, 5, 8, 9, 11],
  });
  const prompts = [buildPrompt(spec, forward(1)), buildPrompt(spec, forward(2))];
  const direct = await DirectReader.open(loaded.model, labels, settings);
  const slow = await PublicReader.open(loaded.model, labels, settings);
  const found = await direct.read(prompts);
  expect(found).toEqual(await slow.read(prompts));
  expect(found[0]!.map((row) => row.length)).toEqual([
    labels.intent!.count,
    labels.topic!.count,
    ...new Array<number>(8).fill(labels.slots!.count),
  ]);
  await direct[Symbol.asyncDispose]();
  await slow[Symbol.asyncDispose]();
});

test("the direct way reads more labels than fit the sampler's small sort", async () => {
  const many = { intent: { start: 100, count: 300 } };
  const direct = await DirectReader.open(loaded.model, many, settings);
  const slow = await PublicReader.open(loaded.model, many, settings);
  const found = await direct.read([intent(300, 400, 500)]);
  expect(found).toEqual(await slow.read([intent(300, 400, 500)]));
  expect(found[0]![0]!.every(Number.isFinite)).toBe(true);
  await direct[Symbol.asyncDispose]();
  await slow[Symbol.asyncDispose]();
});

describe("PrefixLm", () => {
  const read = async () => {
    const lm = await PrefixLm.create(loaded.model, labels, settings);
    const logits = await lm.read([intent(300, 400)]);
    await lm[Symbol.asyncDispose]();
    return logits;
  };

  test("reads directly through the installed binding", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
    const open = vi.spyOn(PublicReader, "open");
    await read();
    expect(warned).not.toHaveBeenCalled();
    expect(open).toHaveBeenCalledTimes(1); // for the comparison
  });

  test("takes the public way, and says so, where the direct one fails or reads otherwise", async () => {
    const expected = await read();
    const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
    const open = vi.spyOn(DirectReader, "open").mockRejectedValue(new TypeError("no such method"));
    expect(await read()).toEqual(expected);
    expect(warned.mock.lastCall?.[0]).toContain("no such method");

    open.mockRestore();
    vi.spyOn(DirectReader.prototype, "read").mockResolvedValue([[new Float32Array(labels.intent!.count)]]);
    expect(await read()).toEqual(expected);
    expect(warned.mock.lastCall?.[0]).toContain("not those of the public interface");
  });
});

test.each([
  ["equal rows", [[1, 2]], true],
  ["a rounding", [[1.001, 2]], true],
  ["labels in another order", [[2, 1]], false],
  ["a logit that is missing", [[1, NaN]], false],
  ["a row too few", [], false],
  ["a row that is too short", [[1]], false],
])("isClose: %s", (_name, rows, close) => {
  const expected = [Float32Array.of(1, 2)];
  expect(
    isClose(
      rows.map((row) => Float32Array.from(row)),
      expected,
    ),
  ).toBe(close);
});
