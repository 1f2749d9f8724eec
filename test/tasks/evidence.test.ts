import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Evidence } from "../../src/tasks/evidence.js";

interface Fixture {
  readonly labels: number;
  readonly opening: number;
  readonly damping: number;
  readonly weight: number;
  readonly importances: number[];
  readonly weights: number[][];
  readonly cases: { readonly ids: number[]; readonly scores: number[] }[];
}

// training/tests/test_evidence_table.py reads the same table: what either language changes, both must.
const path = new URL("../fixtures/evidence.json", import.meta.url);
const fixture = JSON.parse(readFileSync(path, "utf8")) as Fixture;

function evidence(change: Partial<Fixture> = {}): Evidence {
  const { importances, weights, ...rest } = { ...fixture, ...change };
  const bytes = Uint8Array.from([...importances, ...weights.flat()]); // a negative weight wraps round, as in the file
  return new Evidence({ ...rest, buckets: importances.length, bytes });
}

const scores = (table: Evidence, ids: number[]) => Array.from(table.scores(ids));
const length = (values: number[]) => Math.hypot(...values);

test.each(fixture.cases)("both languages read the same of $ids", ({ ids, scores: wanted }) => {
  const found = scores(evidence(), ids);
  expect(found).toHaveLength(wanted.length);
  for (const [i, score] of found.entries()) expect(score).toBeCloseTo(wanted[i]!, 5);
});

test("a text is read as it would be alone, whatever was read before it", () => {
  const table = evidence();
  const [first, second] = [5, 9].map((id) => [id, id + 1, id]);
  const alone = scores(evidence(), second!);
  table.scores(first!);
  expect(scores(table, second!)).toEqual(alone);
});

test("the order of tokens counts, since pairs do", () => {
  expect(scores(evidence(), [5, 6, 7, 8])).not.toEqual(scores(evidence(), [8, 7, 6, 5]));
});

test("what opens a text counts more than what follows", () => {
  const [ids, once] = [[5, 6, 7, 8, 9], evidence({ opening: 0 })];
  expect(scores(evidence(), ids)).not.toEqual(scores(once, ids));
  const throughout = scores(evidence({ opening: 5, damping: 1e-9 }), ids);
  expect(length(throughout)).toBeGreaterThan(0);
});

test("damping quietens a text, and a short one more than a long one", () => {
  const [short, long] = [[5, 6], Array.from({ length: 200 }, (_, id) => id)];
  const kept = (ids: number[]) =>
    length(scores(evidence({ damping: 1e5 }), ids)) / length(scores(evidence({ damping: 1 }), ids));
  expect(kept(short)).toBeLessThan(0.9);
  expect(kept(long)).toBeGreaterThan(kept(short));
});

test("a text without tokens says nothing", () => {
  expect(scores(evidence(), [])).toEqual([0, 0, 0]);
});
