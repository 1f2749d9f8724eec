import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTagSet, type TagStructure } from "../../src/tasks/bio.js";
import { decideJointly } from "../../src/tasks/joint.js";
import { rankLabels } from "../../src/tasks/labels.js";
import { anyCase, decodingCases, mostWorth, rowsOf, worth, type DecodingCase } from "./decoding.js";

function decide({ tags, intents, scores, ...structure }: Omit<DecodingCase, "name" | "path"> & TagStructure) {
  const set = parseTagSet(tags, structure);
  const decision = decideJointly(Float32Array.from(intents!), rowsOf(scores), set, set.penalties!);
  return { decided: decision.intents, path: Array.from(decision.path, (tag) => tags[tag]!) };
}

test.each(decodingCases.filter(({ intents }) => intents))("$name", ({ path, decided, ...one }) => {
  const found = decide(one);
  expect(found.path).toEqual(path);
  expect(Array.from(found.decided)).toEqual(decided!.map((probability) => expect.closeTo(probability, 4)));
});

test("the first of the ranking is the best by its slots of the three best, and has the best path", () => {
  fc.assert(
    fc.property(anyCase, (one) => {
      const { decided, path } = decide(one);
      const labels = one.intents.map((_, i) => String(i));
      const before = rankLabels(Float32Array.from(one.intents), labels);
      const [tried, rest] = [before.slice(0, 3), before.slice(3)].map((part) => part.map(({ name }) => Number(name)));
      const joint = (intent: number) => Math.log(one.intents[intent]!) + mostWorth(one, one.compatibility[intent]);
      const first = Number(rankLabels(decided, labels)[0]!.name);

      expect(tried).toContain(first);
      expect(joint(first)).toBeCloseTo(Math.max(...tried!.map(joint)), 3);
      expect(worth(path, one, one.compatibility[first])).toBeCloseTo(mostWorth(one, one.compatibility[first]), 3);
      for (const intent of tried!) {
        const odds = Math.exp(joint(intent) - joint(first));
        expect(decided[intent]! / decided[first]!).toBeCloseTo(odds, 3);
      }
      for (const intent of rest!) expect(decided[intent]).toBe(Math.fround(one.intents[intent]!));
      const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
      expect(sum(decided)).toBeCloseTo(sum(one.intents), 4);
    }),
    { numRuns: 300 },
  );
});

test("of two intents that are as good with their slots, the first of the ranking has its own slots", () => {
  const compatibility = [
    [0, -1],
    [-1, 0],
  ];
  const { decided, path } = decide({
    tags: ["O", "B-a", "B-b"],
    scores: [[0, 1, 1]],
    intents: [0.5, 0.5],
    compatibility,
  });
  expect(rankLabels(decided, ["first", "second"])[0]?.name).toBe("first");
  expect(path).toEqual(["B-a"]);
});

test("a text without words leaves the intents as they are", () => {
  const { decided, path } = decide({
    tags: ["O", "B-a"],
    scores: [],
    intents: [0.25, 0.75],
    compatibility: [[-1], [0]],
  });
  expect(Array.from(decided)).toEqual([expect.closeTo(0.25, 6), expect.closeTo(0.75, 6)]);
  expect(path).toEqual([]);
});

test("of two intents whose slots make up for what one is behind, the first of the labels has its own slots", () => {
  const set = parseTagSet(["O", "B-x"]);
  // 0.25 with slots that cost nothing, 0.5 with slots that halve it: as good as each other, to the last bit.
  const penalties = [Float64Array.of(-1000, 0), Float64Array.of(-Math.log(2), -1000)];
  const { intents, path } = decideJointly(Float32Array.of(0.25, 0.5, 0.25), [new Float32Array(2)], set, [
    ...penalties,
    Float64Array.of(-1000, -1000),
  ]);
  expect(intents[0]).toBe(intents[1]);
  expect([...path]).toEqual([1]);
});
