import { Agent } from "node:http";
import { seeded } from "../../statistics/random.js";
import { isFault, readAnswer } from "../loadtest/answer.js";
import { closedLoop } from "../loadtest/closed-loop.js";
import { LoadTestError } from "../loadtest/errors.js";
import { arrivals, openLoop, post } from "../loadtest/open-loop.js";
import type { Target } from "../loadtest/targets.js";
import { quantileOf } from "../../statistics/quantile.js";
import { serviceTimes, type ServiceTimes } from "./service-times.js";
import { simulate, type FleetModel } from "./simulate.js";
import { jobsAt } from "./sizing.js";

/** How far from what is measured a prediction may be. */
export const TOLERANCE = 0.2;
const QUANTILES = { p50_ms: 0.5, p95_ms: 0.95, p99_ms: 0.99 } as const;
type Quantiles = Readonly<Record<keyof typeof QUANTILES, number>>;

const WARM_UPS = 30;
const CLIENTS_OF_REPLICA = 2; // so that each always has one waiting
const TIMEOUT_MS = 30_000;
const MOST_MS = 120_000;

export interface FleetUnderTest {
  /** Of the proxy. */
  readonly url: string;
  readonly replicas: number;
  readonly target: Target;
  readonly bodies: readonly string[];
}

export interface MeasurePlan {
  /** Per cent of the capacity. */
  readonly loads: readonly number[];
  /** That each load is measured on, and the time alone. */
  readonly requests: number;
  readonly seed: number;
}

/** One load: what was predicted before it was measured. */
export interface LoadCheck {
  readonly percent: number;
  readonly per_second: number;
  readonly predicted: Quantiles;
  readonly measured: Quantiles;
  /** predicted / measured */
  readonly ratio: Quantiles;
  readonly failed: number;
}

export interface Measured {
  readonly service: ServiceTimes;
  readonly capacity_per_second: number;
  /** What the machine is worth when all replicas are busy: capacity × mean time alone. */
  readonly effective_cores: number;
  readonly loads: readonly LoadCheck[];
  /** Whether every prediction is within the tolerance, and no request failed. */
  readonly holds: boolean;
}

/** Measures the time alone and the capacity, and holds what the simulation makes of them to loads in between. */
export async function measureFleet(
  fleet: FleetUnderTest,
  { loads, requests, seed }: MeasurePlan,
  signal: AbortSignal,
  progress: (message: string) => void,
): Promise<Measured> {
  progress("one client: the time alone");
  const service = serviceTimes(await timesAlone(fleet, requests, signal));
  progress(`mean ${service.mean_ms} ms; every replica busy: the capacity`);
  const capacity = await capacityOf(fleet, requests, signal);
  const cores = Math.min(fleet.replicas, (capacity * service.mean_ms) / 1000);
  const model: FleetModel = { replicas: fleet.replicas, slots: 1, cores };
  const checks: LoadCheck[] = [];
  for (const percent of loads) {
    const perSecond = (capacity * percent) / 100;
    progress(`${percent} % of ${capacity.toFixed(1)} requests a second`);
    checks.push({ percent, per_second: perSecond, ...(await checkLoad(fleet, model, service, perSecond, requests, seed + percent, signal)) }); // prettier-ignore
  }
  return {
    service,
    capacity_per_second: capacity,
    effective_cores: cores,
    loads: checks,
    holds: checks.every(({ ratio, failed }) => failed === 0 && Object.values(ratio).every(isClose)),
  };
}

export const isClose = (ratio: number): boolean => Math.abs(ratio - 1) <= TOLERANCE;

/** One request after the other. */
async function timesAlone({ url, target, bodies }: FleetUnderTest, requests: number, signal: AbortSignal) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  try {
    for (let i = -WARM_UPS; i < requests; i++) {
      const startedAt = performance.now();
      const body = bodies[(i + WARM_UPS) % bodies.length] ?? "";
      const { status, text } = await post(url, body, agent, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
      const ms = performance.now() - startedAt;
      const outcome = readAnswer(status, text, ms, target);
      if (isFault(outcome)) throw new LoadTestError(`the fleet does not answer: ${outcome.code}: ${outcome.message}`);
      if (i >= 0) times.push(ms);
    }
  } finally {
    agent.destroy();
  }
  return times;
}

async function capacityOf({ url, target, bodies, replicas }: FleetUnderTest, requests: number, signal: AbortSignal) {
  const clients = CLIENTS_OF_REPLICA * replicas;
  const own = (client: number) => [...bodies.slice(client), ...bodies.slice(0, client)];
  const { rate, failed } = await closedLoop(
    {
      ...{ url, target, mostMs: MOST_MS, timeoutMs: TIMEOUT_MS },
      bodies: Array.from({ length: clients }, (_, client) => own(client % bodies.length)),
      answersEach: Math.ceil(requests / clients),
    },
    signal,
  );
  signal.throwIfAborted();
  if (failed > 0 || rate === 0) throw new LoadTestError(`${failed} requests failed when every replica was busy`);
  return rate;
}

async function checkLoad(
  { url, target, bodies }: FleetUnderTest,
  model: FleetModel,
  service: ServiceTimes,
  perSecond: number,
  requests: number,
  seed: number,
  signal: AbortSignal,
): Promise<Omit<LoadCheck, "percent" | "per_second">> {
  const times = arrivals(perSecond, Infinity, requests, seeded(seed));
  const predicted = quantilesOf(simulate(model, jobsAt(times, service, seed)));
  const loop = await openLoop({ url, target, bodies, times, drainMs: TIMEOUT_MS, mostInFlight: requests }, signal);
  signal.throwIfAborted();
  const measured = quantilesOf(Float64Array.from([...loop.samples.map(({ http }) => http), ...loop.unfinished]));
  const names = Object.keys(QUANTILES) as (keyof typeof QUANTILES)[];
  const ratio = Object.fromEntries(names.map((name) => [name, predicted[name] / measured[name]])) as Quantiles;
  return { predicted, measured, ratio, failed: loop.failed };
}

function quantilesOf(times: Float64Array): Quantiles {
  const entries = Object.entries(QUANTILES).map(([name, fraction]) => [name, quantileOf(times, fraction)]);
  return Object.fromEntries(entries) as Quantiles;
}
