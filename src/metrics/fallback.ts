import { Counter, type Registry } from "prom-client";

/** Answers that another model gave. */
export class FallbackMetrics {
  readonly #total: Counter<"from" | "to">;

  constructor(registry: Registry) {
    this.#total = new Counter({
      name: "onepass_fallback_total",
      help: "Requests that the fallback answered for another model.",
      labelNames: ["from", "to"],
      registers: [registry],
    });
  }

  /** model: `name@version` of the bundle that should have answered, and of the one that did. */
  fellBack(from: string, to: string): void {
    this.#total.inc({ from, to });
  }
}
