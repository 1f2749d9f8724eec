import { Counter, Gauge, type Registry } from "prom-client";
import type { Answerer } from "./engines.js";

export type BreakerState = "closed" | "half-open" | "open";

const LABELS = ["model", "engine"] as const;
type Label = (typeof LABELS)[number];

const LEVELS: Record<BreakerState, number> = { closed: 0, "half-open": 1, open: 2 };

/** The engines' circuit breakers. An engine has one from its first request on. */
export class BreakerMetrics {
  readonly #state: Gauge<Label>;
  readonly #transitions: Counter<Label | "state">;
  readonly #refusals: Counter<Label>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#state = new Gauge({
      name: "onepass_breaker_state",
      help: "State of an engine's circuit breaker: 0 closed, 1 half-open (a request probes the engine), 2 open.",
      labelNames: LABELS,
      registers,
    });
    this.#transitions = new Counter({
      name: "onepass_breaker_transitions_total",
      help: "Changes of an engine's circuit breaker into a state.",
      labelNames: [...LABELS, "state"],
      registers,
    });
    this.#refusals = new Counter({
      name: "onepass_breaker_refusals_total",
      help: "Requests that an open circuit breaker kept from its engine.",
      labelNames: LABELS,
      registers,
    });
  }

  created({ model, engine }: Answerer): void {
    this.#state.set({ model, engine }, LEVELS.closed);
    this.#refusals.inc({ model, engine }, 0); // a counter that is there before it counts can be alerted on
  }

  changed({ model, engine }: Answerer, state: BreakerState): void {
    this.#state.set({ model, engine }, LEVELS[state]);
    this.#transitions.inc({ model, engine, state });
  }

  refused({ model, engine }: Answerer): void {
    this.#refusals.inc({ model, engine });
  }
}
