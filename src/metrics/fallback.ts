import { Counter, type Registry } from "prom-client";

/** Answers that another model gave. */
export class FallbackMetrics {
  readonly #total: Counter<"from" | "to" | "reason">;

  constructor(registry: Registry) {
    this.#total = new Counter({
      name: "onepass_fallback_total",
      help: "Requests that the fallback answered for another model, by the reason.",
      labelNames: ["from", "to", "reason"],
      registers: [registry],
    });
  }

  /** from, to: `name@version` of the bundle that should have answered, and of the one that did. */
  fellBack(from: string, to: string, reason: string): void {
    this.#total.inc({ from, to, reason });
  }
}
