import { expect, test } from "vitest";
import { delayMs, retryAfterMs } from "../../clients/typescript/src/retry.js";

test.each([
  [null, undefined],
  ["2", 2000],
  ["0.5", 500],
  ["Thu, 01 Jan 1970 00:00:03 GMT", 2000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["soon", undefined],
])("Retry-After %s", (value, ms) => {
  expect(retryAfterMs(value, 1000)).toBe(ms);
});

test("without it the wait doubles, up to ten seconds, and is never the same for all", () => {
  expect([0, 1, 2, 20].map((attempt) => delayMs(attempt, null, 1))).toEqual([100, 200, 400, 10_000]);
  expect(delayMs(1, null, 0)).toBe(100);
});

test("a server that asks for an hour is not waited for so long", () => {
  expect(delayMs(0, "3600", 0)).toBe(10_000);
});
