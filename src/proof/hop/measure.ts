import type { Engine } from "../../engines/engine.js";
import { seeded } from "../../statistics/random.js";
import { quantileOf } from "../../statistics/quantile.js";
import { prepareText } from "../../text/prepare.js";

/** Milliseconds of `Engine.score`. */
export interface HopReport {
  readonly requests: number;
  readonly in_process: Quantiles;
  readonly worker: Quantiles;
  /** What a worker costs: the median of the paired differences, and a 95 % interval of it. */
  readonly hop_ms: number;
  readonly hop_ci95: readonly [number, number];
}

interface Quantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

const RESAMPLES = 2_000;
const WARM_UP = 10;

/**
 * The same texts to an engine in this process and to its twin in a worker, in turns, one request at a time: what the machine
 * does beside it meets both alike.
 */
export async function measureHop(
  here: Engine,
  there: Engine,
  texts: readonly string[],
  requests: number,
): Promise<HopReport> {
  const warmUp = Math.min(WARM_UP, requests);
  const took: [number, number][] = [];
  for (let i = -warmUp; i < requests; i++) {
    const text = texts[(i + warmUp) % texts.length]!;
    // Who comes first finds the caches as the other has left them, so that it is not always the same one.
    const first = i % 2 === 0;
    const one = await timed(first ? here : there, text);
    const other = await timed(first ? there : here, text);
    if (i >= 0) took.push(first ? [one, other] : [other, one]);
  }
  return summarise(took);
}

/** took: in this process and in the worker, by request. */
export function summarise(took: readonly (readonly [number, number])[]): HopReport {
  const differences = took.map(([here, there]) => there - here);
  return {
    requests: took.length,
    in_process: quantiles(took.map(([here]) => here)),
    worker: quantiles(took.map(([, there]) => there)),
    hop_ms: round(quantileOf(differences, 0.5)),
    hop_ci95: medianInterval(differences),
  };
}

async function timed(engine: Engine, text: string): Promise<number> {
  const { manifest } = engine.bundle;
  const tasks = (["intent", "slots", "topic"] as const).filter((task) => manifest.tasks[task]);
  const request = { text: prepareText(text, manifest.text), truncate: true, field: "text" };
  const startedAt = performance.now();
  await engine.score([request], tasks, new AbortController().signal);
  return performance.now() - startedAt;
}

function medianInterval(values: readonly number[]): [number, number] {
  const random = seeded(1);
  const medians = Float64Array.from({ length: RESAMPLES }, () =>
    quantileOf(
      values.map(() => values[Math.floor(random() * values.length)]!),
      0.5,
    ),
  );
  return [round(quantileOf(medians, 0.025)), round(quantileOf(medians, 0.975))];
}

function quantiles(values: readonly number[]): Quantiles {
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((fraction) => round(quantileOf(values, fraction)));
  return { p50: p50!, p90: p90!, p99: p99! };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
