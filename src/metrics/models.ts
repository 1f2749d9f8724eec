import { Counter, type Registry } from "prom-client";

/** Models that were brought into service or out of it while the server ran. */
export class ModelMetrics {
  readonly #changes: Counter<"action" | "outcome">;

  constructor(registry: Registry) {
    this.#changes = new Counter({
      name: "onepass_model_changes_total",
      help: "Loads, unloads and activations of models, by what came of them: made, or the code or reason of the refusal.",
      labelNames: ["action", "outcome"],
      registers: [registry],
    });
  }

  changed(action: string, outcome: string): void {
    this.#changes.inc({ action, outcome });
  }
}
