import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { seeded } from "../../statistics/random.js";
import type { Loop } from "../loadtest/loop.js";
import { arrivals, openLoop, post } from "../loadtest/open-loop.js";
import type { Target } from "../loadtest/targets.js";
import { quantileOf } from "../../statistics/quantile.js";

/** How the server is asked, and for how long. */
export interface Plan {
  /** Of a block that is measured. */
  readonly blockMs: number;
  /** Of a block that looks for the capacity. */
  readonly probeMs: number;
  /** How often the measured blocks are run, one kind after the other: what disturbs a round disturbs all of its kinds. */
  readonly rounds: number;
  /** Times the capacity, under overload. */
  readonly factor: number;
  readonly seed: number;
}

/** What is asked. */
export interface Load {
  readonly url: string;
  readonly target: Target;
  readonly bodies: readonly string[];
  readonly plan: Plan;
  /** Resident memory of the server in bytes; undefined where that can't be known. */
  readonly memory: () => Promise<number | undefined>;
  readonly calibrate: () => Promise<number>;
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}

/** A moment of a block. */
export interface MemorySample {
  /** Since the beginning of it all. */
  readonly atMs: number;
  readonly bytes: number;
}

export type Kind = "capacity" | "usual" | "overload";

/** A block that was measured. */
export interface Measured {
  readonly kind: Kind;
  readonly round: number;
  readonly offeredPerSecond: number;
  readonly loop: Loop;
  readonly memory: readonly MemorySample[];
}

const GROWTH = 1.3;
/** Of the capacity: more than can be answered shows what can, and a usual busy hour is less. */
const OFFERED = { capacity: GROWTH, usual: 0.9 };
const SATURATED = 0.95; // answers come more slowly than requests by this much: more load brings no more
const MOST_PROBES = 20;
const MOST_ARRIVALS = 1_000_000;
const MOST_IN_FLIGHT = 4_000;
const DRAIN_MS = 10_000;
const PAUSE_SHARE = 0.1; // of a probe, between blocks, until what was left of one is over
const WARM_UPS = 20;
const MEMORY_EVERY_MS = 500;

/** Runs everything, in order; what has been measured is in `blocks` even when it rejects. */
export async function runPhases(load: Load, blocks: Measured[], calibrations: number[]): Promise<void> {
  let capacity = await findCapacity(load);
  calibrations.push(await load.calibrate());
  for (let round = 0; round < load.plan.rounds; round++) {
    for (const kind of ["capacity", "usual", "overload"] as const) {
      const share = kind === "overload" ? load.plan.factor : OFFERED[kind];
      load.progress(
        `round ${round + 1} of ${load.plan.rounds}: ${kind}, ${Math.round(capacity * share)} requests a second`,
      );
      const measured = await measure(load, kind, round, capacity * share);
      blocks.push(measured);
      calibrations.push(await load.calibrate());
      if (kind === "capacity") capacity = measured.loop.rate;
    }
  }
}

/** Offers more and more until more brings no more. @returns answers a second */
async function findCapacity(load: Load): Promise<number> {
  let best = 0;
  let offered = await rateOfOneClient(load);
  for (let probe = 0; probe < MOST_PROBES; probe++) {
    load.progress(`looking for the capacity: ${Math.round(offered)} requests a second`);
    const { lags, rate } = await block(load, offered, load.plan.probeMs, probe);
    best = Math.max(best, rate);
    if (rate < (SATURATED * lags.length * 1000) / load.plan.probeMs) return best;
    offered *= GROWTH;
  }
  return best;
}

async function measure(load: Load, kind: Kind, round: number, perSecond: number): Promise<Measured> {
  const memory: MemorySample[] = [];
  const over = new AbortController();
  const watching = watchMemory(load, memory, over.signal);
  const loop = await block(load, perSecond, load.plan.blockMs, 1000 + round);
  over.abort();
  await watching;
  return { kind, round, offeredPerSecond: perSecond, loop, memory };
}

async function block(load: Load, perSecond: number, ms: number, stream: number): Promise<Loop> {
  const { url, target, bodies, plan, signal } = load;
  signal.throwIfAborted();
  const times = arrivals(perSecond, ms, MOST_ARRIVALS, seeded(plan.seed + stream));
  const loop = await openLoop({ url, target, bodies, times, drainMs: DRAIN_MS, mostInFlight: MOST_IN_FLIGHT }, signal);
  signal.throwIfAborted();
  await sleep(plan.probeMs * PAUSE_SHARE, undefined, { signal });
  return loop;
}

/** Also a warm-up. @returns requests a second that come one after the other */
async function rateOfOneClient({ url, bodies, signal, progress }: Load): Promise<number> {
  progress("warm-up");
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  for (let i = 0; i < WARM_UPS; i++) {
    const startedAt = performance.now();
    await post(url, bodies[i % bodies.length] ?? "", agent, signal);
    times.push(performance.now() - startedAt);
  }
  agent.destroy();
  return 1000 / quantileOf(times, 0.5);
}

async function watchMemory({ memory }: Load, samples: MemorySample[], over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const bytes = await memory();
    if (bytes === undefined) return;
    samples.push({ atMs: performance.now(), bytes });
    await sleep(MEMORY_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
  }
}
