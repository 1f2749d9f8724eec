import { expect, test } from "vitest";
import { Tally } from "../../src/shadow/tally.js";

const ANSWERER = { model: "a@1.0.0", engine: "single-pass" } as const;
const SHADOW = { model: "b@1.0.0", engine: "joint-encoder" } as const;

test("agreement is the share of texts by task, of those that both have answered", () => {
  const tally = new Tally(ANSWERER, SHADOW);
  tally.compared([{ intent: true, slots: false }], undefined);
  tally.compared([{ intent: true }, { intent: false }], undefined);
  expect(tally.summary()).toEqual({
    answerer: ANSWERER,
    shadow: SHADOW,
    requests: 2,
    failures: {},
    agreement: { intent: { texts: 3, agreed: 2, share: 0.667 }, slots: { texts: 1, agreed: 0, share: 0 } },
    disagreements: [],
  });
});

test("times are compared request by request", () => {
  const tally = new Tally(ANSWERER, SHADOW);
  for (const [answererMs, shadowMs] of [
    [10, 13],
    [20, 18],
    [30, 31],
  ] as const) {
    tally.compared([], { answererMs, shadowMs });
  }
  const { inference_ms } = tally.summary();
  expect(inference_ms).toMatchObject({ answerer: { p50: 20 }, shadow: { p50: 18 }, difference: { p50: 1 } });
  expect(inference_ms?.difference.p95).toBeCloseTo(2.8);
});

test("however much is compared, the latest thousand times and fifty disagreements are kept, newest first", () => {
  const tally = new Tally(ANSWERER, SHADOW);
  for (let i = 0; i < 2_000; i++) {
    tally.compared([{ intent: false }], { answererMs: i < 1_000 ? 999 : 1, shadowMs: 2 });
    tally.disagreed({ id: `r${i}`, index: 0, at: "2026-01-01T00:00:00.000Z", tasks: ["intent"] });
  }
  const { inference_ms, disagreements, agreement } = tally.summary();
  expect(inference_ms?.answerer).toEqual({ p50: 1, p95: 1 });
  expect(disagreements.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, i) => `r${1999 - i}`));
  expect(agreement.intent?.texts).toBe(2_000);
});

test("failures are counted by code", () => {
  const tally = new Tally(ANSWERER, SHADOW);
  tally.failed("engine_failed");
  tally.failed("text_too_long");
  tally.failed("engine_failed");
  expect(tally.summary().failures).toEqual({ engine_failed: 2, text_too_long: 1 });
});
