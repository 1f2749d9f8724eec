import { RESAMPLING, type Interval, type Resampling } from "../evaluation/bootstrap.js";
import { seeded } from "../../statistics/random.js";
import { quantileOf, quantileOfSorted } from "../../statistics/quantile.js";
import type { Block } from "./block.js";
import type { Target } from "./targets.js";

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** How many times as long the one takes as the other. */
export interface Ratio {
  readonly p50: number;
  readonly p95: number;
  /** Of `p50`. */
  readonly ci95: Interval;
  readonly p95_ci95: Interval;
}

/** Draws from the samples of the drawn rounds, as many as each has. @returns ascending */
function redraw(rounds: readonly (readonly number[])[], drawn: readonly number[], random: () => number): Float64Array {
  const size = drawn.reduce((sum, round) => sum + rounds[round]!.length, 0);
  const values = new Float64Array(size);
  let at = 0;
  for (const round of drawn) {
    const samples = rounds[round]!;
    for (const end = at + samples.length; at < end; at++) values[at] = samples[Math.floor(random() * samples.length)]!;
  }
  return values.sort();
}

/**
 * Ratios of quantiles with 95 % bootstrap intervals. Resampling draws rounds, the same ones for both since what
 * disturbs a round disturbs both, and then the samples within each block of a drawn round.
 * one, other: [rounds][samples]; a round has the same place in both, and none is empty. @returns undefined without
 * rounds
 */
export function ratioOf(
  one: readonly (readonly number[])[],
  other: readonly (readonly number[])[],
  { seed, resamples }: Resampling = RESAMPLING,
): Ratio | undefined {
  const rounds = one.length;
  if (rounds === 0) return undefined;
  const random = seeded(seed);
  const [p50s, p95s] = [new Float64Array(resamples), new Float64Array(resamples)];
  for (let i = 0; i < resamples; i++) {
    const drawn = one.map(() => Math.floor(random() * rounds));
    const [a, b] = [redraw(one, drawn, random), redraw(other, drawn, random)];
    p50s[i] = quantileOfSorted(a, 0.5) / quantileOfSorted(b, 0.5);
    p95s[i] = quantileOfSorted(a, 0.95) / quantileOfSorted(b, 0.95);
  }
  const [all, others] = [one.flat(), other.flat()];
  return {
    p50: quantileOf(all, 0.5) / quantileOf(others, 0.5),
    p95: quantileOf(all, 0.95) / quantileOf(others, 0.95),
    ci95: interval(p50s.sort()),
    p95_ci95: interval(p95s.sort()),
  };
}

const interval = (sorted: Float64Array): Interval => [quantileOfSorted(sorted, 0.025), quantileOfSorted(sorted, 0.975)];

export interface Throughput {
  readonly clients: number;
  /** Answers a second, mean over the rounds. */
  readonly perSecond: number;
}

/** Throughput by number of clients, fewest first. */
export function throughputs(blocks: readonly Block[], target: Target, set: string): Throughput[] {
  const rates = new Map<number, number[]>();
  for (const { target: own, set: texts, load, loop } of blocks) {
    if (own.label !== target.label || texts !== set || load.kind !== "closed") continue;
    rates.set(load.clients, [...(rates.get(load.clients) ?? []), loop.rate]);
  }
  const all = [...rates].map(([clients, perSecond]) => ({ clients, perSecond: mean(perSecond) }));
  return all.sort((a, b) => a.clients - b.clients);
}

/** The best throughput over all numbers of clients; undefined when nothing was answered. */
export function capacityOf(blocks: readonly Block[], target: Target, set: string): Throughput | undefined {
  const best = throughputs(blocks, target, set).reduce<Throughput | undefined>(
    (best, one) => (best && best.perSecond >= one.perSecond ? best : one),
    undefined,
  );
  return best && best.perSecond > 0 ? best : undefined;
}
