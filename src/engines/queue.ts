import { setImmediate as turnOfEventLoop, setTimeout as sleep } from "node:timers/promises";
import { ArrivalRate } from "./arrival-rate.js";
import { nextBatch, waitForBatch, type BatchLimits } from "./batches.js";

/** A result and when the run that made it began and ended, on the clock of `performance.now()`. */
export interface Timed<Result> {
  readonly value: Result;
  readonly startedAt: number;
  readonly finishedAt: number;
}

interface Job<Item, Result> {
  readonly item: Item;
  readonly length: number;
  readonly done: Promise<Timed<Result>>;
  readonly resolve: (result: Timed<Result>) => void;
  readonly reject: (reason: unknown) => void;
}

/** What runs the batches that come one after the other in one of the model's places. */
interface Lane {
  ended: Promise<void>;
}

/**
 * Feeds prompts to a model: as many batches at a time as it has places for, first come, first served.
 * Work that was aborted while it waited never runs; a batch that runs is never interrupted, as others share it.
 */
export class BatchQueue<Item, Result> {
  #waiting: Job<Item, Result>[] = [];
  readonly #lanes = new Set<Lane>();
  readonly #arrivals = new ArrivalRate();
  #closed: Error | undefined;

  /**
   * run: one result an item, in order; its failure fails the items of that batch and no others.
   * lengthOf: tokens of an item's prompt; prompts of equal length may share a batch.
   * parallel: how many batches may run at once.
   */
  constructor(
    private readonly run: (batch: readonly Item[]) => Promise<readonly Result[]>,
    private readonly lengthOf: (item: Item) => number,
    private readonly limits: BatchLimits,
    private readonly parallel = 1,
  ) {}

  /**
   * Results in the order of `items`, all or none: when one fails, those that still wait are dropped.
   * Rejects with the signal's reason when it aborts while one of them waits.
   */
  async submit(items: readonly Item[], signal: AbortSignal): Promise<Timed<Result>[]> {
    if (this.#closed) throw this.#closed;
    signal.throwIfAborted();
    if (items.length === 0) return []; // a drain of nothing would end before it is known to run
    const jobs = items.map((item) => createJob<Item, Result>(item, this.lengthOf(item)));
    const abort = () => {
      this.#drop(jobs, signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting.push(...jobs);
    this.#arrivals.add(jobs.length, performance.now());
    this.#openLanes(jobs.length);
    try {
      return await Promise.all(jobs.map(({ done }) => done));
    } catch (error) {
      this.#drop(jobs, error);
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Rejects what waits with `reason`, and all that comes later; resolves when the running batches have ended. */
  async close(reason: Error): Promise<void> {
    this.#closed = reason;
    this.#drop(this.#waiting, reason);
    await Promise.all([...this.#lanes].map(({ ended }) => ended));
  }

  #drop(jobs: readonly Job<Item, Result>[], reason: unknown): void {
    const dropped = new Set(jobs);
    const isDropped = (job: Job<Item, Result>) => dropped.has(job);
    for (const { reject } of this.#waiting.filter(isDropped)) reject(reason);
    this.#waiting = this.#waiting.filter((job) => !isDropped(job));
  }

  #openLanes(most: number): void {
    for (let i = 0; i < most && this.#lanes.size < this.parallel; i++) {
      const lane: Lane = { ended: Promise.resolve() };
      this.#lanes.add(lane);
      lane.ended = this.#drain(lane);
    }
  }

  async #drain(lane: Lane): Promise<void> {
    while (this.#waiting.length > 0) {
      // A turn of the event loop: what came or left while the last batch ran is seen before the next is formed.
      await turnOfEventLoop();
      const waitMs = waitForBatch(this.#lengths, this.#arrivals.perMs(performance.now()), this.limits);
      if (waitMs > 0) await sleep(waitMs);
      const indexes = new Set(nextBatch(this.#lengths, this.limits));
      const batch = this.#waiting.filter((_, i) => indexes.has(i));
      this.#waiting = this.#waiting.filter((_, i) => !indexes.has(i));
      if (batch.length > 0) await this.#runBatch(batch);
    }
    this.#lanes.delete(lane); // in the turn that saw nothing waiting: what comes next opens a lane
  }

  get #lengths(): number[] {
    return this.#waiting.map(({ length }) => length);
  }

  async #runBatch(batch: readonly Job<Item, Result>[]): Promise<void> {
    const startedAt = performance.now();
    try {
      const results = await this.run(batch.map(({ item }) => item));
      const finishedAt = performance.now();
      for (const [i, { resolve }] of batch.entries()) resolve({ value: results[i]!, startedAt, finishedAt });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function createJob<Item, Result>(item: Item, length: number): Job<Item, Result> {
  let resolve!: Job<Item, Result>["resolve"];
  let reject!: Job<Item, Result>["reject"];
  const done = new Promise<Timed<Result>>((accept, refuse) => {
    resolve = accept;
    reject = refuse;
  });
  return { item, length, done, resolve, reject };
}
