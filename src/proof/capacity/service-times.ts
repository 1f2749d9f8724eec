import type { Random } from "../../statistics/random.js";
import { mean } from "../loadtest/statistics.js";
import { quantileOf } from "../../statistics/quantile.js";

const POINTS = 200;

/** How long an answer takes when nothing else is asked: quantiles at even distances, milliseconds, the least to the most. */
export interface ServiceTimes {
  readonly samples: number;
  readonly mean_ms: number;
  readonly quantiles_ms: readonly number[];
}

export function serviceTimes(timesMs: readonly number[]): ServiceTimes {
  const micro = (ms: number) => Math.round(ms * 1000) / 1000;
  const quantiles = Array.from({ length: POINTS + 1 }, (_, i) => micro(quantileOf(timesMs, i / POINTS)));
  return { samples: timesMs.length, mean_ms: micro(mean(timesMs)), quantiles_ms: quantiles };
}

/** One of the distribution: the quantile at a random fraction. */
export function drawMs({ quantiles_ms: quantiles }: ServiceTimes, random: Random): number {
  const at = random() * (quantiles.length - 1);
  const below = quantiles[Math.floor(at)]!;
  return below + (quantiles[Math.ceil(at)]! - below) * (at - Math.floor(at));
}
