import type { Sample } from "./prometheus.js";

/** What a scrape says of the server, at one moment. Counts only grow. */
export interface Scrape {
  readonly atMs: number;
  /** Answers by upper bound in seconds, cumulative, in order of the bounds. */
  readonly buckets: readonly (readonly [bound: number, count: number])[];
  readonly answers: number;
  readonly refused: number;
  readonly cpuSeconds: number;
  readonly inFlight: number;
  /** Requests that wait for a model; undefined where the server does not say. */
  readonly waiting: number | undefined;
}

/** How the server was between two scrapes. */
export interface Load {
  /** Milliseconds; undefined when nothing was answered. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly perSecond: number;
  readonly refusedPerSecond: number;
  /** 1: one core was busy all the time. */
  readonly cores: number;
  readonly inFlight: number;
  readonly waiting: number | undefined;
}

const DURATION = "onepass_request_duration_seconds";
/** The page asks for models and metrics, too: only answers about texts count. */
const ROUTES: ReadonlySet<string | undefined> = new Set(["/classify", "/compare"]);

export function scrapeOf(samples: readonly Sample[], atMs: number): Scrape {
  const sum = (name: string) => {
    const own = samples.filter((sample) => sample.name === name);
    return own.length === 0 ? undefined : own.reduce((total, { value }) => total + value, 0);
  };
  const buckets = new Map<number, number>();
  let answers = 0;
  for (const { name, labels, value } of samples) {
    if (!ROUTES.has(labels.route)) continue;
    if (name === `${DURATION}_count`) answers += value;
    if (name !== `${DURATION}_bucket`) continue;
    const bound = labels.le === "+Inf" ? Infinity : Number(labels.le);
    buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  return {
    atMs,
    buckets: [...buckets].sort(([a], [b]) => a - b),
    answers,
    refused: sum("onepass_refused_total") ?? 0,
    cpuSeconds: sum("process_cpu_seconds_total") ?? 0,
    inFlight: sum("onepass_requests_in_flight") ?? 0,
    waiting: sum("onepass_queue_requests"),
  };
}

/** from: undefined when `to` is the first scrape; then nothing is known of a rate. */
export function loadBetween(from: Scrape | undefined, to: Scrape): Load {
  const seconds = from ? (to.atMs - from.atMs) / 1000 : 0;
  // A count that fell is that of a server which was started anew.
  const perSecond = (count: "answers" | "refused" | "cpuSeconds") =>
    from && seconds > 0 ? Math.max(0, to[count] - from[count]) / seconds : 0;
  const before = new Map(from?.buckets);
  const grown = from ? to.buckets.map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const) : [];
  return {
    p50: quantile(grown, 0.5),
    p95: quantile(grown, 0.95),
    perSecond: perSecond("answers"),
    refusedPerSecond: perSecond("refused"),
    cores: perSecond("cpuSeconds"),
    inFlight: to.inFlight,
    waiting: to.waiting,
  };
}

/** In milliseconds, with answers spread evenly within a bucket, as Prometheus' `histogram_quantile` has it. */
function quantile(buckets: Scrape["buckets"], q: number): number | undefined {
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total <= 0) return undefined;
  const rank = q * total;
  let [lower, below] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= rank) {
      if (bound === Infinity) return lower * 1000;
      return (lower + ((bound - lower) * (rank - below)) / Math.max(count - below, 1e-9)) * 1000;
    }
    [lower, below] = [bound, count];
  }
  return lower * 1000;
}
