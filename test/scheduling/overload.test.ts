import { describe, expect, test } from "vitest";
import { FairQueue, type Claim, type Turn } from "../../src/scheduling/fair-queue.js";
import { quantileOf } from "../../src/statistics/quantile.js";
import { seeded } from "../../src/statistics/random.js";

/** As the server has it by default, before an engine that runs one text and holds another. */
const LIMITS = { maxRequests: 16, maxTokens: 16_384 };
const PLACES = 2;

/** Texts of 10 ms on average, a millisecond a token. */
const LENGTHS = {
  alike: [10],
  mixed: [5, 6, 7, 8, 9, 10, 11, 13, 15, 16],
  "very different": [1, 2, 3, 4, 6, 8, 10, 14, 20, 32],
};

/** Random arrivals at `load` times what the engine can answer; milliseconds from arrival to answer, and the share that was refused. */
function asked(load: number, lengths: readonly number[], requests: number, seed: number, limits = LIMITS) {
  const random = seeded(seed);
  const queue = new FairQueue<Claim & { readonly at: number }>(limits, PLACES);
  const answered: number[] = [];
  let [held, end]: [Turn<Claim & { readonly at: number }>[], number] = [[], Infinity]; // the first runs
  let refused = 0;
  const pump = (now: number) => {
    for (let turn = queue.next(now); turn; turn = queue.next(now)) held.push(turn);
    if (end === Infinity && held[0]) end = now + held[0].claim.tokens[0]!;
  };
  const until = (now: number) => {
    while (end <= now && held[0]) {
      const [first, ...others] = held;
      const at = end;
      [held, end] = [others, Infinity];
      answered.push(at - first.claim.at);
      queue.finished(first, at, true);
      pump(at);
    }
  };
  for (let i = 0, at = 0; i < requests; i++) {
    at += (-Math.log(1 - random()) * 10) / load;
    until(at);
    const tokens = [lengths[Math.floor(random() * lengths.length)]!];
    if (queue.offer({ tokens, deadlineAt: Infinity, at }, at)) refused++;
    pump(at);
  }
  until(1e12);
  return { p99: quantileOf(answered, 0.99), refused: refused / requests, answered: answered.length };
}

describe.each(Object.entries(LENGTHS))("texts of lengths that are %s", (_name, lengths) => {
  const overload = asked(4, lengths, 20_000, 1);

  // What is measured as the capacity is a little less than it, so that 90 % of it are some 85.
  test.each([0.9, 0.85])("at four times the capacity the p99 is at most twice that at a load of %d", (load) => {
    expect(overload.p99).toBeLessThan(2 * asked(load, lengths, 20_000, 2).p99);
  });

  test("nor is it longer than that where a crowd is only beginning", () => {
    expect(asked(4, lengths, 400, 1).p99).toBeLessThan(2 * asked(0.9, lengths, 20_000, 2).p99);
  });

  test("as many are answered as without a bound: the engine never waits", () => {
    expect(overload.answered).toBeGreaterThan(0.24 * 20_000);
  });

  test("a busy hour is hardly refused anything", () => {
    expect(asked(0.9, lengths, 20_000, 3).refused).toBeLessThan(0.04);
  });
});

test("a crowd of a moment finds all of the room, one that stays a part of it until nobody waits", () => {
  const queue = new FairQueue<Claim>(LIMITS, 1);
  const offer = () => queue.offer({ tokens: [1], deadlineAt: Infinity }, 0);
  const end = () => {
    const turn = queue.next(0)!;
    queue.finished(turn, 0, true);
  };
  for (let i = 0; i < 16; i++) expect(offer()).toBeUndefined();
  expect([queue.full, offer()?.reason]).toEqual([true, "requests"]);
  for (let waiting = 16; waiting > 8; waiting--) end();
  expect([queue.requests, queue.maxRequests, queue.full, offer()?.reason]).toEqual([8, 8, true, "requests"]);
  end();
  expect([offer(), offer()?.reason]).toEqual([undefined, "requests"]);
  while (queue.requests > 0) end();
  expect(queue.maxRequests).toBe(16);
  for (let i = 0; i < 16; i++) expect(offer()).toBeUndefined();
});

test("a queue that is short anyway is never cut", () => {
  const queue = new FairQueue<Claim>({ ...LIMITS, maxRequests: 3 }, 1);
  const offer = () => queue.offer({ tokens: [1], deadlineAt: Infinity }, 0);
  for (let i = 0; i < 3; i++) offer();
  queue.next(0);
  expect(offer()).toBeUndefined();
});
