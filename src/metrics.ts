import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { EngineName } from "./engines/engine.js";
import type { ErrorCode } from "./errors.js";
import { PACKAGE_VERSION } from "./package.js";

/** From 1 ms: the default buckets begin where a good answer has long been given. */
const SECONDS = [1, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 150, 250, 500, 1000, 2500].map((ms) => ms / 1000);
/** From 10 µs: what the server itself does. */
const SHORT_SECONDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].map((ms) => ms / 1000);
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
  readonly #tokenizeDuration = new Histogram({
    name: "onepass_tokenize_duration_seconds",
    help: "Time of a request's texts to be cut and turned into tokens.",
    labelNames: ["model", "engine"] as const,
    buckets: SHORT_SECONDS,
    ...this.#in,
  });
  readonly #decodeDuration = new Histogram({
    name: "onepass_decode_duration_seconds",
    help: "Time to make labels, slots and confidences of a request's scores.",
    labelNames: ["model", "engine"] as const,
    buckets: SHORT_SECONDS,
    ...this.#in,
  });
  readonly #tokens = new Counter({
    name: "onepass_tokens_total",
    help: "Tokens that the models were given (prompt), of these taken from a cache (cached), and wrote (generated).",
    labelNames: ["model", "engine", "kind"] as const,
    ...this.#in,
  });
  readonly #droppedSlots = new Counter({
    name: "onepass_dropped_slots_total",
    help: "Slot values that a generating engine wrote and the text does not say.",
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

  answered({ model, engine }: Answerer, answered: Answered): void {
    const labels = { model, engine };
    this.#tokenizeDuration.observe(labels, answered.tokenizeMs / 1000);
    this.#queueDuration.observe(labels, answered.queueMs / 1000);
    this.#inferenceDuration.observe(labels, answered.inferenceMs / 1000);
    this.#decodeDuration.observe(labels, answered.decodeMs / 1000);
    this.#tokens.inc({ ...labels, kind: "prompt" }, answered.promptTokens);
    this.#tokens.inc({ ...labels, kind: "cached" }, answered.cachedTokens);
    this.#tokens.inc({ ...labels, kind: "generated" }, answered.generatedTokens);
    this.#droppedSlots.inc(labels, answered.droppedSlots);
    this.#texts.observe(labels, answered.texts);
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
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
  readonly droppedSlots: number;
  readonly tokenizeMs: number;
  readonly queueMs: number;
  readonly inferenceMs: number;
  readonly decodeMs: number;
}
