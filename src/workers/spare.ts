import { Backoff } from "./backoff.js";
import { examineEvery } from "./examine.js";
import type { WorkerProcess } from "./process.js";
import type { Vitals } from "./vitals.js";

const EXAMINE_EVERY_MS = 250;
/** Hearts beat twice a second: who has missed two beats is not given out. */
const FRESH_MS = 1_250;
/** A spare that ends by itself is begun again, ever later. */
const RESTARTS = { healthyMs: 60_000, firstMs: 1_000, mostMs: 60_000 };

/**
 * A worker that is started before it is needed: when one has ended, the next has Node and the libraries of the runtimes ready
 * and only opens the model. There is one for all models, and none before the first was asked for.
 */
export class Spare implements Disposable {
  #waiting: WorkerProcess | undefined;
  #closed = false;
  readonly #restarts = new Backoff(RESTARTS);
  readonly #clock: Disposable;

  /** start: gives a process that does what it can ahead. silentMs: as of `HealthLimits`. */
  constructor(
    private readonly start: () => WorkerProcess,
    silentMs: number,
  ) {
    this.#clock = examineEvery(EXAMINE_EVERY_MS, (now, late) => {
      this.#waiting?.vitals.excuse(late);
      if (this.#waiting?.vitals.illness(now, limits(silentMs))) this.#waiting.kill();
    });
  }

  /** A process to be assigned, the one that waits or a new one. The next is begun when this one has opened its model or failed to. */
  take(): WorkerProcess {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const isWell = waiting?.vitals.illness(performance.now(), limits(FRESH_MS)) === undefined;
    if (!isWell) waiting.kill();
    const worker = (isWell ? waiting : undefined) ?? this.start();
    const begin = () => {
      this.#begin();
    };
    worker.ready.then(begin, begin);
    return worker;
  }

  /** Whether one waits, for tests. */
  get waits(): boolean {
    return this.#waiting !== undefined;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#clock[Symbol.dispose]();
    this.#waiting?.kill();
  }

  #begin(): void {
    if (this.#closed || this.#waiting) return;
    const worker = this.start();
    const startedAt = performance.now();
    this.#waiting = worker;
    void worker.gone.then(() => {
      if (this.#waiting !== worker) return; // somebody else's by now
      this.#waiting = undefined;
      const delay = this.#restarts.delayAfter(performance.now() - startedAt);
      setTimeout(() => {
        this.#begin();
      }, delay).unref();
    });
  }
}

function limits(silentMs: number): Parameters<Vitals["illness"]>[1] {
  return { silentMs, hangMs: 0, memoryBytes: 0 };
}
