import { expect, test } from "vitest";
import { growth, passes, soak, type Sample, type SoakPlan } from "../../../src/proof/soak/soak.js";
import { FakeServer, targetOf } from "../loadtest/fake-server.js";

const MIB = 2 ** 20;
const ENGINE = { engine: "single-pass", name: "fake", delayMs: 0 };

async function soaked(change: Partial<SoakPlan>, engine = ENGINE, memory = () => Promise.resolve(MIB)) {
  await using server = await FakeServer.start(engine);
  const plan = { texts: 40, clients: 2, tasks: ["intent" as const], endMs: Infinity, seed: 1, ...change };
  const signal = new AbortController().signal;
  const result = await soak(plan, {
    ...{ url: server.url, target: targetOf(engine), memory, signal, progress: () => undefined },
  });
  return { result, asked: server.asked };
}

test("as many texts are asked as planned, no two alike, and memory is looked at all along", async () => {
  const { result, asked } = await soaked({});
  expect(result).toMatchObject({ texts: 40, complete: true, errors: 0, bytes_per_1000_texts: 0 });
  expect(new Set(asked.map(({ text }) => text)).size).toBe(40);
  expect(result.samples.map(([texts]) => texts)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
});

test("memory that grows with every text is seen", async () => {
  let bytes = 0;
  const { result } = await soaked({}, ENGINE, () => Promise.resolve((bytes += 1024)));
  expect(result.bytes_per_1000_texts).toBe(1_024_000);
  expect(passes(result)).toBe(false);
});

test("requests that fail are counted and told, and the soak goes on", async () => {
  const { result } = await soaked({}, { ...ENGINE, refuses: 500 } as typeof ENGINE);
  expect(result).toMatchObject({ texts: 40, errors: 40 });
  expect(result.faults).toEqual(Array.from({ length: 5 }, () => "busy: Come back later."));
  expect(passes(result)).toBe(false);
});

test("an answer of another engine is an error", async () => {
  const { result } = await soaked({ texts: 10 }, { ...ENGINE, impostor: "generate" } as typeof ENGINE);
  expect(result.errors).toBe(10);
});

test("when the time is over it ends, and says so", async () => {
  const { result } = await soaked({ texts: 100_000, endMs: performance.now() + 200 });
  expect(result.complete).toBe(false);
  expect(result.texts).toBeGreaterThan(0);
});

const line = (slope: number, wild: (i: number) => number = () => 0): Sample[] =>
  Array.from({ length: 100 }, (_, i) => [i * 100, 500 * MIB + slope * i * 100 + wild(i)]);

test("growth is a median: a warm-up and a few wild samples do not move it", () => {
  expect(growth(line(40))).toBe(40_000);
  expect(growth(line(0, (i) => (i < 10 ? -300 * MIB : i % 10 === 0 ? 200 * MIB : 0)))).toBe(0);
});

test("growth of too few samples is not known, and does not pass", () => {
  expect(growth(line(0).slice(0, 3))).toBeNull();
  const result = { texts: 3, complete: true, errors: 0, faults: [], samples: [], seconds: 1 };
  expect(passes({ ...result, bytes_per_1000_texts: null })).toBe(false);
  expect(passes({ ...result, bytes_per_1000_texts: 51_200 })).toBe(true);
  expect(passes({ ...result, bytes_per_1000_texts: 51_201 })).toBe(false);
});
