import { seeded } from "../../statistics/random.js";
import { arrivals } from "../loadtest/open-loop.js";
import { quantileOf } from "../../statistics/quantile.js";
import { drawMs, type ServiceTimes } from "./service-times.js";
import { simulate, type FleetModel, type Job } from "./simulate.js";

/**
 * One proxy looks after so many replicas at most; more traffic takes more of such cells. It bounds the simulation, too: what
 * more replicas in a cell would gain is small by then.
 */
export const CELL = 64;
const JOBS = 40_000;
const WARM_UP = 0.1;
const STEPS = 14; // of a bisection: to a ten-thousandth

const HOURS_A_MONTH = 730;

/** What a rate of requests takes to be answered in time. */
export interface Sizing {
  readonly per_second: number;
  readonly p99_goal_ms: number;
  /** null: a single request alone takes longer than the goal. */
  readonly replicas: number | null;
  readonly cores: number | null;
  /** Share of the time that a replica works. */
  readonly load: number | null;
  readonly dollars_a_month: number | null;
  readonly dollars_a_million: number | null;
}

export interface Pricing {
  readonly coresOfReplica: number;
  readonly dollarsACoreHour: number;
}

/** A job for each time of arrival. */
export function jobsAt(times: readonly number[], service: ServiceTimes, seed: number): Job[] {
  const random = seeded(seed);
  return times.map((at) => ({ at, serviceMs: drawMs(service, random) }));
}

/** The 99th percentile of the time to an answer, of random arrivals, milliseconds. */
export function p99At(service: ServiceTimes, fleet: FleetModel, perSecond: number, seed: number): number {
  const times = arrivals(perSecond, Infinity, JOBS, seeded(seed));
  return quantileOf(simulate(fleet, jobsAt(times, service, seed + 1)).slice(WARM_UP * JOBS), 0.99);
}

export function sizingOf(
  service: ServiceTimes,
  perSecond: number,
  goalMs: number,
  { coresOfReplica, dollarsACoreHour }: Pricing,
  seed: number,
): Sizing {
  const goal = { per_second: perSecond, p99_goal_ms: goalMs };
  const replicas = replicasFor(service, perSecond, goalMs, seed);
  if (replicas === null) {
    return { ...goal, replicas, cores: null, load: null, dollars_a_month: null, dollars_a_million: null };
  }
  const cores = replicas * coresOfReplica;
  const dollarsAnHour = cores * dollarsACoreHour;
  return {
    ...goal,
    replicas,
    cores,
    load: (perSecond * service.mean_ms) / 1000 / replicas,
    dollars_a_month: dollarsAnHour * HOURS_A_MONTH,
    dollars_a_million: (dollarsAnHour / 3600 / perSecond) * 1e6,
  };
}

/** Fewest replicas, each with cores of its own, that meet the goal; null when none do. */
function replicasFor(service: ServiceTimes, perSecond: number, goalMs: number, seed: number): number | null {
  if (quantileOf(service.quantiles_ms, 0.99) > goalMs) return null;
  const meets = (replicas: number, rate: number) =>
    p99At(service, { replicas, slots: 1, cores: Infinity }, rate, seed) <= goalMs;
  const busiest = (perSecond * service.mean_ms) / 1000; // replicas that never rest: fewer can't keep up
  if (busiest < CELL && meets(CELL, perSecond)) {
    let [low, high] = [Math.floor(busiest), CELL]; // low never meets, high does
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (meets(middle, perSecond)) high = middle;
      else low = middle;
    }
    return high;
  }
  let [low, high] = [0, (1000 * CELL) / service.mean_ms];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (meets(CELL, middle)) low = middle;
    else high = middle;
  }
  return low === 0 ? null : Math.ceil((perSecond / low) * CELL);
}
