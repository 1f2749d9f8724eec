import { bundleId, type Bundle } from "../bundle/bundle.js";
import { EngineError } from "../errors.js";
import { Keeper, type RestartReason } from "./keeper.js";
import { WorkerGone, WorkerProcess, type ProcessOptions } from "./process.js";
import type { Assignment, OpenedEngine, Outcome, ScoreOrder } from "./protocol.js";
import type { HealthLimits } from "./vitals.js";

/** How a worker is, for metrics. */
export interface WorkerState {
  /** Its place in the group, from 0. */
  readonly worker: number;
  readonly up: boolean;
  readonly pid: number | undefined;
  readonly rssBytes: number;
  readonly outstanding: number;
}

export interface GroupOptions extends ProcessOptions {
  /** How many processes, each with the model in memory. */
  readonly workers: number;
  readonly engines: Assignment["options"];
  readonly health: HealthLimits;
  /** Longest time that an order waits for a worker to come back; 10 s by default. */
  readonly patienceMs?: number | undefined;
  readonly onRestart: (reason: RestartReason, detail: unknown, worker: number) => void;
}

const EXAMINE_EVERY_MS = 250;
const PATIENCE_MS = 10_000;
const GRACE_MS = 5_000;

/** The workers of one bundle: gives each order to the one that has the fewest. */
export class WorkerGroup {
  readonly #keepers: readonly Keeper[];
  readonly #clock: NodeJS.Timeout;
  #examinedAt = performance.now();
  #waiting: (() => void)[] = [];
  #proven = false;
  #closed = false;

  private constructor(
    readonly bundle: Bundle,
    private readonly options: GroupOptions,
  ) {
    this.#keepers = Array.from({ length: options.workers }, (_, worker) => this.#keeper(worker));
    this.#clock = setInterval(() => {
      this.#examine();
    }, EXAMINE_EVERY_MS).unref();
  }

  /** Starts the workers side by side. @throws what kept one of them from starting, and none goes on */
  static async open(
    bundle: Bundle,
    options: GroupOptions,
  ): Promise<{ group: WorkerGroup; engines: readonly OpenedEngine[] }> {
    const group = new WorkerGroup(bundle, options);
    try {
      const [first] = await Promise.all(group.#keepers.map((keeper) => keeper.open()));
      group.#proven = true;
      return { group, engines: await first!.ready };
    } catch (error) {
      await group.close();
      throw error;
    }
  }

  /** How many workers there are, dead or alive. */
  get size(): number {
    return this.#keepers.length;
  }

  /** Whether a worker could take an order now. */
  get available(): boolean {
    return this.#keepers.some(({ current }) => current);
  }

  get states(): WorkerState[] {
    return this.#keepers.map(({ current }, worker) => ({
      worker,
      up: current !== undefined,
      pid: current?.pid,
      rssBytes: current?.vitals.rssBytes ?? 0,
      outstanding: current?.outstanding ?? 0,
    }));
  }

  /**
   * As `Engine.score`. Orders that were lost with their worker are given to another, or to the next that starts, once: one
   * that ends two workers may be what ends them. @throws EngineError
   */
  async score(order: ScoreOrder, signal: AbortSignal): Promise<Extract<Outcome, { kind: "scored" }>> {
    for (let attempt = 1; ; attempt++) {
      const worker = this.#least() ?? (await this.#next(order, signal));
      try {
        return await worker.score(order, signal);
      } catch (error) {
        if (!(error instanceof WorkerGone)) throw error;
        if (attempt > 1) throw new EngineError(order.engine, error);
      }
    }
  }

  /** Finishes what runs, then ends the processes. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await Promise.all(this.#keepers.map((keeper) => keeper.close())); // watched until the end: what hangs is killed
    clearInterval(this.#clock);
  }

  #keeper(worker: number): Keeper {
    const { folder, manifest } = this.bundle;
    const { engines: options, onRestart } = this.options;
    // The server has just read and proved the bundle; whoever starts later finds what is on the disk by then.
    const start = () => new WorkerProcess({ folder, manifest, prove: this.#proven, options }, this.options);
    const events = {
      onRestart: (reason: RestartReason, detail: unknown) => {
        onRestart(reason, detail, worker);
      },
      onChange: () => {
        this.#wake();
      },
    };
    // The worker itself gives up in time, unless native code keeps it from looking at the clock.
    return new Keeper(start, events, options.loadMs && options.loadMs + GRACE_MS);
  }

  #examine(): void {
    const now = performance.now();
    const late = Math.max(0, now - this.#examinedAt - EXAMINE_EVERY_MS);
    this.#examinedAt = now;
    for (const keeper of this.#keepers) keeper.examine(now, late, this.options.health);
  }

  #least(): WorkerProcess | undefined {
    let least: WorkerProcess | undefined;
    for (const { current } of this.#keepers) {
      if (current && (!least || current.outstanding < least.outstanding)) least = current;
    }
    return least;
  }

  /** The first worker to come back. @throws EngineError when none does in time; the signal's reason */
  async #next({ engine }: ScoreOrder, signal: AbortSignal): Promise<WorkerProcess> {
    const patience = AbortSignal.timeout(this.options.patienceMs ?? PATIENCE_MS);
    const until = AbortSignal.any([signal, patience]);
    while (!this.#closed && !until.aborted) {
      await this.#change(until);
      const worker = this.#least();
      if (worker) return worker;
    }
    signal.throwIfAborted();
    throw new EngineError(engine, new WorkerGone(`no worker of ${bundleId(this.bundle)} runs`));
  }

  #change(until: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      until.addEventListener("abort", () => {
        resolve();
      });
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
