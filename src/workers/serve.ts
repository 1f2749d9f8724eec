import { bundleId } from "../bundle/bundle.js";
import type { BatchObserver, Engine, EngineName } from "../engines/engine.js";
import { prepareText } from "../text/prepare.js";
import { packError } from "./packed-error.js";
import type { Assignment, Batch, FromWorker, Outcome, PlainOptions, ScoreOrder, ToWorker } from "./protocol.js";

/** Opens the engines of an assignment, warm. */
export type OpenEngines = (
  assignment: Assignment,
  onBatch: (engine: EngineName) => BatchObserver,
) => Promise<readonly Engine[]>;

/**
 * Takes orders from the process that started this one, until it is told to close or that process is gone.
 * prepare: does ahead what it can; must not throw.
 */
export function serve(open: OpenEngines, prepare: (options: PlainOptions) => void = () => undefined): void {
  const served = new Served(open);
  process.on("message", (order: ToWorker) => {
    if (order.kind === "open") void served.open(order);
    else if (order.kind === "prepare") prepare(order.options);
    else if (order.kind === "score") void served.score(order.id, order);
    else if (order.kind === "abort") served.abort(order.id);
    else void served.close();
  });
  process.on("disconnect", () => {
    process.exit(0);
  });
  // Signals to the whole group are for the parent, which finishes what runs and then closes its workers.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
}

class Served {
  #engines: readonly Engine[] = [];
  /** Runs of the models since the last answer. */
  #batches: Batch[] = [];
  readonly #running = new Map<number, AbortController>();

  constructor(private readonly openEngines: OpenEngines) {}

  async open(assignment: Assignment): Promise<void> {
    process.title = `onepass worker ${bundleId(assignment)} ${assignment.options.engines?.join() ?? ""}`;
    try {
      this.#engines = await this.openEngines(assignment, (engine) => (prompts, tokens) => {
        this.#batches.push({ engine, prompts, tokens });
      });
      send({
        kind: "ready",
        engines: this.#engines.map(({ name, runtime, device, places }) => ({ name, runtime, device, places })),
      });
    } catch (error) {
      send({ kind: "refused", error: packError(error) });
    }
  }

  async score(id: number, order: ScoreOrder): Promise<void> {
    const abort = new AbortController();
    this.#running.set(id, abort);
    const outcome = await this.#outcome(order, abort.signal);
    this.#running.delete(id);
    send({ id, batches: this.#batches.splice(0), ...outcome });
  }

  abort(id: number): void {
    this.#running.get(id)?.abort();
  }

  async close(): Promise<void> {
    for (const engine of this.#engines) await engine[Symbol.asyncDispose]();
    process.exit(0);
  }

  async #outcome({ call, engine: name, texts, tasks }: ScoreOrder, signal: AbortSignal): Promise<Outcome> {
    const startedAt = performance.now();
    try {
      const engine = this.#engines.find((one) => one.name === name);
      if (!engine) throw new RangeError(`this worker has no engine ${name}`);
      const { text: options } = engine.bundle.manifest;
      const requests = texts.map((one) => ({ ...one, text: prepareText(one.text, options) }));
      if (call === "check") await engine.check?.(requests, tasks);
      const scores = call === "check" ? [] : await engine.score(requests, tasks, signal);
      return { kind: "scored", scores, tookMs: performance.now() - startedAt };
    } catch (error) {
      return { kind: "failed", error: packError(error) };
    }
  }
}

function send(message: FromWorker): void {
  process.send?.(message, undefined, {}, () => undefined); // nobody answers a parent that is gone
}
