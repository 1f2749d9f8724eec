import { Counter, Gauge, type Registry } from "prom-client";
import type { WorkerState } from "../workers/group.js";
import type { RestartReason } from "../workers/keeper.js";
import type { Answerer } from "./engines.js";

const LABELS = ["model", "engine", "worker"] as const;

/**
 * The processes that models run in. `engine` is the first of those that share a process; `worker` a place from 0, which a
 * process takes over from the one before.
 */
export class WorkerMetrics {
  readonly #restarts: Counter<"model" | "engine" | "reason">;
  /** Asked whenever the metrics are: no gauge can be left behind by a process that is gone. */
  readonly #groups = new Map<() => readonly WorkerState[], Answerer>();

  constructor(registry: Registry) {
    this.#restarts = new Counter({
      name: "onepass_worker_restarts_total",
      help: "Workers that were started in the place of another: crashed, silent, hung, failing, memory, or unstartable for a try that failed.",
      labelNames: ["model", "engine", "reason"],
      registers: [registry],
    });
    this.#gauge(registry, "onepass_worker_up", "Whether a worker takes work (1) or is being started (0).", ({ up }) =>
      up ? 1 : 0,
    );
    this.#gauge(
      registry,
      "onepass_worker_resident_memory_bytes",
      "Resident memory of a worker, by its last heartbeat.",
      ({ rssBytes }) => rssBytes,
    );
    this.#gauge(
      registry,
      "onepass_worker_outstanding_requests",
      "Requests that a worker has and has not answered.",
      ({ outstanding }) => outstanding,
    );
  }

  restarted({ model, engine }: Answerer, reason: RestartReason): void {
    this.#restarts.inc({ model, engine, reason });
  }

  /** Disposing of it takes the gauges of the workers away. */
  watch(answerer: Answerer, states: () => readonly WorkerState[]): Disposable {
    this.#groups.set(states, answerer);
    return { [Symbol.dispose]: () => this.#groups.delete(states) };
  }

  #gauge(registry: Registry, name: string, help: string, value: (state: WorkerState) => number): void {
    const groups = this.#groups;
    new Gauge({
      name,
      help,
      labelNames: LABELS,
      registers: [registry],
      collect() {
        this.reset();
        for (const [states, { model, engine }] of groups) {
          for (const state of states()) this.inc({ model, engine, worker: state.worker }, value(state));
        }
      },
    });
  }
}
