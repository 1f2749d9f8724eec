import { Counter, Gauge, type Registry } from "prom-client";

/** Why a caller was not let in. */
export type Refusal = "no_key" | "unknown_key" | "scope" | "no_keys_file";

/** Who calls and who was turned away. Names come from the file of keys, never from a request. */
export class AccessMetrics {
  readonly #requests: Counter<"key">;
  readonly #refused: Counter<"reason">;
  readonly #keys: Gauge;
  readonly #reloads: Counter<"result">;
  readonly #dropped: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#requests = new Counter({
      name: "onepass_key_requests_total",
      help: "Requests that were let in, by the name of their key.",
      labelNames: ["key"],
      registers,
    });
    this.#refused = new Counter({
      name: "onepass_access_refused_total",
      help: "Requests that were turned away for their key or the lack of one.",
      labelNames: ["reason"],
      registers,
    });
    this.#keys = new Gauge({ name: "onepass_keys", help: "API keys that are good now.", registers });
    this.#reloads = new Counter({
      name: "onepass_keys_reloads_total",
      help: "Times that the file of keys was read again; after a failed one the old keys stay good.",
      labelNames: ["result"],
      registers,
    });
    this.#dropped = new Counter({
      name: "onepass_connections_dropped_total",
      help: "Connections that were closed at once, since there were too many.",
      registers,
    });
  }

  letIn(key: string): void {
    this.#requests.inc({ key });
  }

  refused(reason: Refusal): void {
    this.#refused.inc({ reason });
  }

  /** count: of the keys that are good now. */
  keys(count: number): void {
    this.#keys.set(count);
  }

  reloaded(result: "ok" | "failed"): void {
    this.#reloads.inc({ result });
  }

  connectionDropped(): void {
    this.#dropped.inc();
  }
}
