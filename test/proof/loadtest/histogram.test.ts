import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { curveOf, summarise } from "../../../src/proof/loadtest/histogram.js";

const times = Array.from({ length: 1000 }, (_, i) => (i + 1) / 10); // 0.1 to 100 ms
const summary = summarise(times)!;

test("percentiles are right to three digits", () => {
  expect(summary.count).toBe(1000);
  for (const [value, exact] of [
    [summary.p50, 50],
    [summary.p90, 90],
    [summary.p95, 95],
    [summary.p99, 99],
    [summary.max, 100],
    [summary.mean, 50.05],
  ] as const) {
    expect(Math.abs(value - exact)).toBeLessThan(0.002 * exact);
  }
});

test("the histogram is kept in microseconds, in the format that HDR tools read", () => {
  const histogram = decodeFromCompressedBase64(summary.hdr);
  expect(histogram.totalCount).toBe(1000);
  expect(Math.abs(histogram.getValueAtPercentile(50) - 50_000)).toBeLessThan(100);
});

test("a curve goes as far as its samples carry it", () => {
  const percentiles = (count: number) => curveOf(summarise(times.slice(0, count))!).map(([percentile]) => percentile);
  expect(percentiles(1000).at(-1)).toBe(99.9);
  expect(percentiles(100).at(-1)).toBe(99);
  expect(percentiles(1)).toEqual([0]);
  const curve = curveOf(summary);
  expect(curve.map(([, ms]) => ms)).toEqual(curve.map(([, ms]) => ms).toSorted((a, b) => a - b));
});

test("times below a microsecond and beyond an hour do not break it", () => {
  expect(summarise([-1, 0, 1e9])).toMatchObject({ count: 3 });
  expect(summarise([])).toBeUndefined();
});
