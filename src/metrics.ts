import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { EngineName } from "./engines/engine.js";
import type { ErrorCode } from "./errors.js";
import { PACKAGE_VERSION } from "./package.js";

/** From 1 ms: the default buckets begin where a good answer has long been given. */
const SECONDS = [1, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 150, 250, 500, 1000, 2500].map((ms) => ms / 1000);
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128];

/** Who answered: both from the loaded bundles, never from a request. */
export interface Answerer {
  /** `name@version` of the bundle. */
  readonly model: string;
  readonly engine: EngineName;
}

/** Everything that is measured, in a registry of its own. Labels come from fixed sets: no text, no raw path. */
export class Metrics {
  readonly registry = new Registry();
  readonly #in = { registers: [this.registry] };

  readonly #requestDuration = new Histogram({
    name: "onepass_request_duration_seconds",
    help: "Time from a request's arrival to the end of its answer.",
    labelNames: ["method", "route", "status"] as const,
    buckets: SECONDS,
    ...this.#in,
  });
  readonly #requestsInFlight = new Gauge({
    name: "onepass_requests_in_flight",
    help: "Requests that wait for their answer.",
    ...this.#in,
  });
  readonly #inferenceDuration = new Histogram({
    name: "onepass_inference_duration_seconds",
    help: "Time of a request's forward passes, from the first's start to the last's end.",
    labelNames: ["model", "engine"] as const,
    buckets: SECONDS,
    ...this.#in,
  });
  readonly #queueDuration = new Histogram({
    name: "onepass_queue_duration_seconds",
    help: "Time that a request waited for its first forward pass.",
    labelNames: ["model", "engine"] as const,
    buckets: SECONDS,
    ...this.#in,
  });
  readonly #promptTokens = new Counter({
    name: "onepass_prompt_tokens_total",
    help: "Tokens that the models read.",
    labelNames: ["model", "engine"] as const,
    ...this.#in,
  });
  readonly #texts = new Histogram({
    name: "onepass_request_texts",
    help: "Texts of an answered request.",
    labelNames: ["model", "engine"] as const,
    buckets: SIZES,
    ...this.#in,
  });
  readonly #batchPrompts = new Histogram({
    name: "onepass_batch_prompts",
    help: "Prompts of one run of a model.",
    labelNames: ["model", "engine"] as const,
    buckets: SIZES,
    ...this.#in,
  });
  readonly #batchTokens = new Histogram({
    name: "onepass_batch_tokens",
    help: "Tokens of one run of a model.",
    labelNames: ["model", "engine"] as const,
    buckets: [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
    ...this.#in,
  });
  readonly #errors = new Counter({
    name: "onepass_errors_total",
    help: "Requests that were answered with an error.",
    labelNames: ["code"] as const,
    ...this.#in,
  });
  readonly #fallbacks = new Counter({
    name: "onepass_fallback_total",
    help: "Requests that the fallback answered for another model.",
    labelNames: ["from", "to"] as const,
    ...this.#in,
  });
  readonly #engineReady = new Gauge({
    name: "onepass_engine_ready",
    help: "Whether a model answers (1) or is loading or failed (0).",
    labelNames: ["model", "engine"] as const,
    ...this.#in,
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: "onepass_build_info",
      help: "Always 1; the labels say what runs.",
      labelNames: ["version", "node"] as const,
      ...this.#in,
    }).set({ version: PACKAGE_VERSION, node: process.versions.node }, 1);
  }

  /** A request has arrived; the answer ends it. */
  requestStarted(): void {
    this.#requestsInFlight.inc();
  }

  /** route: a route's pattern, never the path that was asked for. */
  requestEnded(labels: { method: string; route: string; status: number }, seconds: number): void {
    this.#requestsInFlight.dec();
    this.#requestDuration.observe(labels, seconds);
  }

  answered(by: Answerer, { texts, tokens, queueMs, inferenceMs }: Answered): void {
    const labels = { model: by.model, engine: by.engine };
    this.#inferenceDuration.observe(labels, inferenceMs / 1000);
    this.#queueDuration.observe(labels, queueMs / 1000);
    this.#promptTokens.inc(labels, tokens);
    this.#texts.observe(labels, texts);
  }

  batchRun({ model, engine }: Answerer, prompts: number, tokens: number): void {
    this.#batchPrompts.observe({ model, engine }, prompts);
    this.#batchTokens.observe({ model, engine }, tokens);
  }

  failed(code: ErrorCode): void {
    this.#errors.inc({ code });
  }

  /** model: `name@version` of the bundle that should have answered, and of the one that did. */
  fellBack(from: string, to: string): void {
    this.#fallbacks.inc({ from, to });
  }

  engineReady({ model, engine }: Answerer, ready: boolean): void {
    this.#engineReady.set({ model, engine }, ready ? 1 : 0);
  }
}

/** What an answer took, over all of its texts. */
export interface Answered {
  readonly texts: number;
  readonly tokens: number;
  readonly queueMs: number;
  readonly inferenceMs: number;
}
