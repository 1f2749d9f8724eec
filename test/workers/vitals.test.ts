import { describe, expect, test } from "vitest";
import { Vitals } from "../../src/workers/vitals.js";

const LIMITS = { silentMs: 2_000, hangMs: 10_000, memoryBytes: 500 };

/** A worker that was started at 0 and whose heart beats at `beats`. */
function worker(...beats: number[]): Vitals {
  const vitals = new Vitals(0);
  for (const at of beats) vitals.beat(at, 100);
  return vitals;
}

test("a worker without a heartbeat for longer than the limit is silent, whatever it has to do", () => {
  expect(worker(1_000).illness(3_000, LIMITS)).toBeUndefined();
  expect(worker(1_000).illness(3_001, LIMITS)).toBe("silent");
  expect(worker(1_000, 3_000).illness(3_001, LIMITS)).toBeUndefined();
});

test("before its first heartbeat a worker has half a minute: node itself takes a while to start", () => {
  expect(worker().illness(30_000, LIMITS)).toBeUndefined();
  expect(worker().illness(30_001, LIMITS)).toBe("silent");
});

test("where first heartbeats come sooner, one that does not come is missed sooner, but no sooner than later ones", () => {
  expect(worker().illness(3_001, { ...LIMITS, firstBeatMs: 3_000 })).toBe("silent");
  expect(worker().illness(2_000, { ...LIMITS, firstBeatMs: 100 })).toBeUndefined();
  const vitals = worker(400, 900);
  expect(vitals.firstBeatAfterMs).toBe(400);
});

test("the time in which the watcher itself stood still is not counted", () => {
  const vitals = worker(1_000);
  vitals.excuse(5_000);
  expect(vitals.illness(8_000, LIMITS)).toBeUndefined();
  expect(vitals.illness(8_001, LIMITS)).toBe("silent");
});

describe("a worker whose heart beats", () => {
  test("hangs when it has work and finishes none, and not when it has none", () => {
    const vitals = worker(1_000);
    vitals.began(5_000, 1);
    for (const at of [6_000, 15_000, 15_001, 40_000]) vitals.beat(at, 100);
    expect(vitals.illness(15_000, LIMITS)).toBeUndefined();
    expect(vitals.illness(15_001, LIMITS)).toBe("hung");
    vitals.finished(15_002, 1, { failed: false });
    expect(vitals.illness(40_000, LIMITS)).toBeUndefined();
  });

  test("hangs though new orders come all the time", () => {
    const vitals = worker(0);
    for (let at = 1_000; at <= 12_000; at += 1_000) {
      vitals.began(at, at);
      vitals.beat(at, 100);
    }
    expect(vitals.illness(11_000, LIMITS)).toBeUndefined();
    expect(vitals.illness(12_000, LIMITS)).toBe("hung");
  });

  test("is not blamed for the time in which the watcher stood still and read no answer", () => {
    const vitals = worker(1_000);
    vitals.began(1_000, 1);
    vitals.excuse(5_000);
    vitals.beat(16_000, 100);
    expect(vitals.illness(16_000, LIMITS)).toBeUndefined();
    expect(vitals.illness(16_001, LIMITS)).toBe("hung");
  });

  test("does not hang while others of its orders are finished, however long one waits", () => {
    const vitals = worker(0);
    vitals.began(0, 1);
    for (let at = 9_000; at <= 90_000; at += 9_000) {
      vitals.began(at, at);
      vitals.finished(at + 1, at, { failed: false });
      vitals.beat(at + 2, 100);
      expect(vitals.illness(at + 2, LIMITS)).toBeUndefined();
    }
  });

  test("hangs when an order goes on long after nobody waits for it, though others pass it", () => {
    const vitals = worker(0);
    vitals.began(0, 1);
    vitals.abandoned(1_000, 1);
    vitals.began(10_000, 2);
    vitals.finished(10_500, 2, { failed: false });
    vitals.beat(11_001, 100);
    expect(vitals.illness(11_000, LIMITS)).toBeUndefined();
    expect(vitals.illness(11_001, LIMITS)).toBe("hung");
  });

  test("is too heavy above its ceiling alone", () => {
    const vitals = worker(1_000);
    vitals.beat(1_500, 500);
    expect(vitals.illness(1_500, LIMITS)).toBeUndefined();
    vitals.beat(2_000, 501);
    expect(vitals.illness(2_000, LIMITS)).toBe("memory");
  });

  test("fails when five answers in a row were failures", () => {
    const vitals = worker(1_000);
    const failures = [true, true, true, true, false, true, true, true, true];
    for (const [order, failed] of failures.entries()) vitals.finished(1_000, order, { failed });
    expect(vitals.illness(1_000, LIMITS)).toBeUndefined();
    vitals.finished(1_000, 99, { failed: true });
    expect(vitals.illness(1_000, LIMITS)).toBe("failing");
  });
});

test("a limit of 0 is none", () => {
  const vitals = worker(0);
  vitals.began(0, 1);
  vitals.beat(1, 10_000);
  expect(vitals.illness(1e9, { silentMs: 0, hangMs: 0, memoryBytes: 0 })).toBeUndefined();
});
