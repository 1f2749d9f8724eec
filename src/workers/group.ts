import { bundleId, type Bundle } from "../bundle/bundle.js";
import { EngineError } from "../errors.js";
import { Keeper, type RestartReason } from "./keeper.js";
import { examineEvery } from "./examine.js";
import { WorkerGone, WorkerProcess } from "./process.js";
import type { Batch, OpenedEngine, Outcome, PlainOptions, ScoreOrder } from "./protocol.js";
import type { Spare } from "./spare.js";
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

export interface GroupOptions {
  /** URL of the module that the processes run. */
  readonly module: string;
  /** How many processes, each with the model in memory. */
  readonly workers: number;
  readonly engines: PlainOptions;
  readonly health: HealthLimits;
  /** Longest time that an order waits for a worker to come back; 10 s by default. */
  readonly patienceMs?: number | undefined;
  readonly onBatch?: ((batch: Batch) => void) | undefined;
  readonly onRestart: (reason: RestartReason, detail: unknown, worker: number) => void;
  /** Where the workers of decoders come from; by default each is started when it is needed. */
  readonly spare?: Spare | undefined;
}

const EXAMINE_EVERY_MS = 250;
const PATIENCE_MS = 10_000;
const GRACE_MS = 5_000;

/** The workers of one bundle: gives each order to the one that has the fewest. */
export class WorkerGroup {
  readonly #keepers: readonly Keeper[];
  readonly #clock: Disposable;
  #waiting: (() => void)[] = [];
  #proven = false;
  #closed = false;

  private constructor(
    readonly bundle: Bundle,
    private readonly options: GroupOptions,
  ) {
    this.#keepers = Array.from({ length: options.workers }, (_, worker) => this.#keeper(worker));
    this.#clock = examineEvery(EXAMINE_EVERY_MS, (now, late) => {
      for (const keeper of this.#keepers) keeper.examine(now, late, options.health);
    });
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
    this.#clock[Symbol.dispose]();
  }

  #keeper(worker: number): Keeper {
    const { folder, manifest } = this.bundle;
    const { engines: options, module, spare, onBatch, onRestart } = this.options;
    // What a spare has read ahead is of no use to encoders.
    const begin = spare && !("graphs" in manifest.model) ? () => spare.take() : () => new WorkerProcess(module);
    const start = () => {
      const process = begin();
      // The server has just read and proved the bundle; whoever starts later finds what is on the disk by then.
      process.assign({ folder, manifest, prove: this.#proven, options }, onBatch);
      return process;
    };
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
