import fc from "fast-check";
import { expect, test } from "vitest";
import { nextBatch, waitForBatch } from "../../src/engines/batches.js";

test.each([
  ["nothing waits", [], { maxSequences: 4, maxTokens: 100 }, []],
  ["the head alone when no other has its length", [12, 30, 11], { maxSequences: 4, maxTokens: 100 }, [0]],
  ["others of its length, in order", [12, 30, 12, 11, 12], { maxSequences: 4, maxTokens: 100 }, [0, 2, 4]],
  ["no more than the sequences", [5, 5, 5, 5], { maxSequences: 3, maxTokens: 100 }, [0, 1, 2]],
  ["no more than the tokens", [40, 40, 40], { maxSequences: 4, maxTokens: 100 }, [0, 1]],
  ["a prompt beyond the tokens alone", [200, 200], { maxSequences: 4, maxTokens: 100 }, [0]],
  ["the head even when another length is more common", [9, 7, 7, 7], { maxSequences: 4, maxTokens: 100 }, [0]],
])("takes %s", (_name, lengths, limits, batch) => {
  expect(nextBatch(lengths, limits)).toEqual(batch);
});

test("a batch holds the head, one length, and no more than the limits; every prompt's turn comes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 }),
      fc.record({ maxSequences: fc.integer({ min: 1, max: 8 }), maxTokens: fc.integer({ min: 12, max: 64 }) }),
      (lengths, limits) => {
        let waiting = lengths;
        while (waiting.length > 0) {
          const batch = nextBatch(waiting, limits);
          expect(batch[0]).toBe(0);
          expect(batch.length).toBeLessThanOrEqual(limits.maxSequences);
          expect(new Set(batch.map((i) => waiting[i])).size).toBe(1);
          expect(batch.length * waiting[0]!).toBeLessThanOrEqual(limits.maxTokens);
          waiting = waiting.filter((_, i) => !batch.includes(i));
        }
      },
    ),
  );
});

const waiting4 = { maxSequences: 4, maxTokens: 100, maxWaitMs: 3 };

test.each([
  ["not at all when nothing waits", [], 1, waiting4, 0],
  ["not at all on an idle server", [9], 0, waiting4, 0],
  ["not at all when none more is expected in time", [9], 0.3, waiting4, 0],
  ["until it will be full", [9, 9], 1, waiting4, 2],
  ["only for prompts of its own length to be missing", [9, 8, 8, 8], 2, waiting4, 1.5],
  ["no longer than it may", [9], 0.5, waiting4, 3],
  ["not at all when it is full", [9, 9, 9, 9, 9], 1, waiting4, 0],
  ["not at all when its tokens leave no room", [60], 1, waiting4, 0],
  ["not at all by default", [9], 100, { maxSequences: 4, maxTokens: 100 }, 0],
])("a batch waits %s", (_name, lengths, perMs, limits, ms) => {
  expect(waitForBatch(lengths, perMs, limits)).toBe(ms);
});
