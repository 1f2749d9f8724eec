import { setTimeout as sleep } from "node:timers/promises";
import { Backoff } from "./backoff.js";
import type { WorkerProcess } from "./process.js";
import { FIRST_BEAT_MS, type HealthLimits, type Illness } from "./vitals.js";

/** Why a worker was started again, for the log and the metrics. */
export type RestartReason = Illness | "crashed" | "unstartable";

export interface KeeperEvents {
  /** detail: how it ended, in words, or the error that kept it from starting. */
  readonly onRestart: (reason: RestartReason, detail: unknown) => void;
  /** There is a worker where there was none, or none where there was one. */
  readonly onChange: () => void;
}

/** A worker that had been well for two seconds comes back at once. */
const RESTARTS = { healthyMs: 2_000, firstMs: 250, mostMs: 10_000 };
/** A ceiling below what the model needs would replace worker after worker. */
const REPLACEMENTS = { healthyMs: 60_000, firstMs: 1_000, mostMs: 60_000 };

const MUCH_SLOWER = 10;

/** Keeps one worker alive: starts it again when it has ended, replaces it while it still answers when it is unwell. */
export class Keeper {
  #current: WorkerProcess | undefined;
  #starting: WorkerProcess | undefined;
  /** Finishes what it has begun. */
  #leaving: WorkerProcess | undefined;
  #replacing: Promise<void> | undefined;
  #reason: Illness | undefined;
  /** How long the next worker may take until its heart beats, by how long the last one took here. */
  #firstBeatMs = FIRST_BEAT_MS;
  readonly #closed = new AbortController();
  readonly #restarts = new Backoff(RESTARTS);
  readonly #replacements = new Backoff(REPLACEMENTS);

  constructor(
    private readonly start: () => WorkerProcess,
    private readonly events: KeeperEvents,
    /** Longest time for a worker to be ready; 0: no limit. */
    private readonly startMs = 0,
  ) {}

  /** The worker that takes orders. */
  get current(): WorkerProcess | undefined {
    return this.#current;
  }

  /** Starts the first worker. @throws what kept it from starting */
  async open(): Promise<WorkerProcess> {
    const worker = await this.#started();
    this.#follow(worker);
    return worker;
  }

  /** excuseMs: how long the caller itself stood still since it last asked. */
  examine(now: number, excuseMs: number, limits: HealthLimits): void {
    for (const worker of [this.#starting, this.#current, this.#leaving]) {
      worker?.vitals.excuse(excuseMs);
      const illness = worker?.vitals.illness(now, { ...limits, firstBeatMs: this.#firstBeatMs });
      if (!worker || illness === undefined) continue;
      if (illness === "memory" || illness === "failing") {
        if (worker === this.#current) this.#replacing ??= this.#replace(worker, illness);
      } else {
        if (worker === this.#current) this.#reason = illness;
        worker.kill();
      }
    }
  }

  /** Lets the worker finish what it has begun, and starts no other. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#starting?.kill();
    const worker = this.#current;
    this.#current = undefined;
    if (worker) await this.#leave(worker);
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #follow(worker: WorkerProcess): void {
    this.#current = worker;
    const { firstBeatAfterMs } = worker.vitals;
    if (firstBeatAfterMs !== undefined) this.#firstBeatMs = Math.min(FIRST_BEAT_MS, firstBeatAfterMs * MUCH_SLOWER);
    this.events.onChange();
    void worker.gone.then((end) => {
      if (this.#current !== worker) return;
      this.#current = undefined;
      this.events.onChange();
      void this.#revive(worker.wellMs, end);
    });
  }

  async #revive(wellMs: number, end: string): Promise<void> {
    const reason = this.#reason ?? "crashed";
    this.#reason = undefined;
    this.events.onRestart(reason, end);
    await this.#replacing; // which may already be warm
    for (let delay = this.#restarts.delayAfter(wellMs); !this.#current; delay = this.#restarts.delayAfter(0)) {
      await sleep(delay, undefined, { signal: this.#closed.signal }).catch(() => undefined);
      if (this.#isClosed) return;
      const worker = await this.#tryStart();
      if (worker) this.#follow(worker);
    }
  }

  /** Never rejects. */
  async #replace(worker: WorkerProcess, illness: Illness): Promise<void> {
    const delay = this.#replacements.delayAfter(worker.wellMs);
    await sleep(delay, undefined, { signal: this.#closed.signal }).catch(() => undefined);
    const next = this.#current === worker && !this.#isClosed ? await this.#tryStart() : undefined;
    this.#replacing = undefined;
    if (!next) return;
    this.events.onRestart(illness, `${Math.round(worker.vitals.rssBytes / 2 ** 20)} MB resident`);
    this.#follow(next);
    await this.#leave(worker);
  }

  async #leave(worker: WorkerProcess): Promise<void> {
    this.#leaving = worker;
    await worker.close();
    this.#leaving = undefined;
  }

  async #tryStart(): Promise<WorkerProcess | undefined> {
    try {
      return await this.#started();
    } catch (error) {
      if (!this.#isClosed) this.events.onRestart("unstartable", error);
      return undefined;
    }
  }

  /** @throws what kept it from starting */
  async #started(): Promise<WorkerProcess> {
    const worker = this.start();
    this.#starting = worker;
    const kill = () => {
      worker.kill();
    };
    const late = this.startMs > 0 ? setTimeout(kill, this.startMs) : undefined;
    try {
      await worker.ready;
    } catch (error) {
      worker.kill();
      this.#firstBeatMs = Math.min(FIRST_BEAT_MS, this.#firstBeatMs * 2); // the machine may have become slower
      throw error;
    } finally {
      clearTimeout(late);
      this.#starting = undefined;
    }
    if (!this.#isClosed) return worker;
    worker.kill();
    throw new Error("closed while it started");
  }
}
