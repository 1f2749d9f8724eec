import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

/** Percentiles of a time in milliseconds, from an HDR histogram of microseconds with three digits. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** The histogram: HDR, version 2, compressed, base64, in microseconds. */
  readonly hdr: string;
}

const US = 1_000;
const LONGEST_US = 3_600_000_000; // an hour
const DIGITS = 3;

function histogramOf(timesMs: readonly number[]): Histogram {
  const histogram = build({ highestTrackableValue: LONGEST_US, numberOfSignificantValueDigits: DIGITS });
  for (const ms of timesMs) histogram.recordValue(Math.min(LONGEST_US, Math.max(0, Math.round(ms * US))));
  return histogram;
}

const msAt = (histogram: Histogram, percentile: number): number => histogram.getValueAtPercentile(percentile) / US;

/** @returns undefined of nothing */
export function summarise(timesMs: readonly number[]): Summary | undefined {
  if (timesMs.length === 0) return undefined;
  const histogram = histogramOf(timesMs);
  return {
    count: histogram.totalCount,
    mean: Math.round(histogram.mean) / US,
    p50: msAt(histogram, 50),
    p90: msAt(histogram, 90),
    p95: msAt(histogram, 95),
    p99: msAt(histogram, 99),
    max: histogram.maxValue / US,
    hdr: encodeIntoCompressedBase64(histogram),
  };
}

/** Half of what is left, again and again: what a percentile plot shows. */
const CURVE = [0, 25, 50, 75, 87.5, 90, 93.75, 95, 96.875, 98, 98.4375, 99, 99.5, 99.75, 99.9, 99.95, 99.99];

/** Points (percentile, milliseconds) of a summary's distribution, as far as its count carries them. */
export function curveOf({ hdr, count }: Summary): [percentile: number, ms: number][] {
  const histogram = decodeFromCompressedBase64(hdr);
  const resolved = CURVE.filter((percentile) => (100 - percentile) * count >= 99.999);
  return resolved.map((percentile) => [percentile, msAt(histogram, percentile)]);
}
