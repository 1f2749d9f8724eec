import { Counter, Gauge, type Registry } from "prom-client";
import type { Answerer } from "./engines.js";

/** How a queue is. */
export interface QueueLevel {
  readonly requests: number;
  /** How many may wait now. */
  readonly maxRequests: number;
  readonly tokens: number;
  readonly running: number;
}

/**
 * Why a request was not answered: its engine's queue was full, it could not be answered in time, its deadline passed while it
 * waited, or the whole server was full and it was not even read (`unread`; nobody knows for which engine it was).
 */
export type Refused = "requests" | "tokens" | "deadline" | "expired" | "unread";

const LABELS = ["model", "engine"] as const;
type Label = (typeof LABELS)[number];

interface Watched extends Answerer {
  readonly level: QueueLevel;
}

/** What waits for the models, and what is turned away. */
export class QueueMetrics {
  readonly #watched = new Set<Watched>();
  readonly #refused: Counter<Label | "reason">;

  constructor(private readonly registry: Registry) {
    this.#gauge("onepass_queue_requests", "Requests with texts that wait for a model.", ({ level }) => level.requests);
    this.#gauge("onepass_queue_tokens", "Tokens (estimated) of the texts that wait.", ({ level }) => level.tokens);
    this.#gauge(
      "onepass_queue_max_requests",
      "Requests that may wait now: from here on they are refused. A third of it while a crowd stays.",
      ({ level }) => level.maxRequests,
    );
    this.#gauge("onepass_running_texts", "Texts that a model has been given.", ({ level }) => level.running);
    this.#refused = new Counter({
      name: "onepass_refused_total",
      help: "Requests that were refused or ran out of time before a model had read them.",
      labelNames: [...LABELS, "reason"],
      registers: [registry],
    });
  }

  /** Shows a queue, as it is whenever somebody looks, until the result is disposed of. */
  watch({ model, engine }: Answerer, level: QueueLevel): Disposable {
    const watched = { model, engine, level };
    this.#watched.add(watched);
    return { [Symbol.dispose]: () => void this.#watched.delete(watched) };
  }

  /** from: absent when the request was not read. */
  refused(from: Answerer | undefined, reason: Refused): void {
    this.#refused.inc({ model: from?.model ?? "", engine: from?.engine ?? "", reason });
  }

  /** While a model is replaced it has two queues: they count together. */
  #gauge(name: string, help: string, valueOf: (watched: Watched) => number): void {
    const watched = this.#watched;
    new Gauge({
      name,
      help,
      labelNames: LABELS,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const one of watched) this.inc({ model: one.model, engine: one.engine }, valueOf(one));
      },
    });
  }
}
