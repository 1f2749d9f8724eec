import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { EngineName } from "../engines/engine.js";
import { SECONDS, SHORT_SECONDS, SIZES } from "./buckets.js";

/** Who answered: both from the loaded bundles, never from a request. */
export interface Answerer {
  /** `name@version` of the bundle. */
  readonly model: string;
  readonly engine: EngineName;
}

/** What an answer took, over all of its texts. */
export interface Answered {
  readonly texts: number;
  /** Of the texts those whose answer was in the cache. */
  readonly cachedTexts: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
  readonly droppedSlots: number;
  readonly tokenizeMs: number;
  readonly queueMs: number;
  readonly inferenceMs: number;
  readonly decodeMs: number;
}

const LABELS = ["model", "engine"] as const;
type Label = (typeof LABELS)[number];

/** Answers by model and engine, and the runs that made them. */
export class EngineMetrics {
  readonly #inference: Histogram<Label>;
  readonly #queue: Histogram<Label>;
  readonly #tokenize: Histogram<Label>;
  readonly #decode: Histogram<Label>;
  readonly #tokens: Counter<Label | "kind">;
  readonly #droppedSlots: Counter<Label>;
  readonly #texts: Histogram<Label>;
  readonly #batchPrompts: Histogram<Label>;
  readonly #batchTokens: Histogram<Label>;
  readonly #ready: Gauge<Label>;

  constructor(private readonly registry: Registry) {
    this.#inference = this.#histogram(
      "onepass_inference_duration_seconds",
      "Time of a request's forward passes, from the first's start to the last's end.",
      SECONDS,
    );
    this.#queue = this.#histogram(
      "onepass_queue_duration_seconds",
      "Time that a request waited for its first forward pass.",
      SECONDS,
    );
    this.#tokenize = this.#histogram(
      "onepass_tokenize_duration_seconds",
      "Time of a request's texts to be cut and turned into tokens.",
      SHORT_SECONDS,
    );
    this.#decode = this.#histogram(
      "onepass_decode_duration_seconds",
      "Time to make labels, slots and confidences of a request's scores.",
      SHORT_SECONDS,
    );
    this.#texts = this.#histogram("onepass_request_texts", "Texts of an answered request.", SIZES);
    this.#batchPrompts = this.#histogram("onepass_batch_prompts", "Prompts of one run of a model.", SIZES);
    this.#batchTokens = this.#histogram(
      "onepass_batch_tokens",
      "Tokens of one run of a model.",
      [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
    );
    const registers = [registry];
    this.#tokens = new Counter({
      name: "onepass_tokens_total",
      help: "Tokens that the models were given (prompt), of these taken from a cache (cached), and wrote (generated).",
      labelNames: [...LABELS, "kind"],
      registers,
    });
    this.#droppedSlots = new Counter({
      name: "onepass_dropped_slots_total",
      help: "Slot values that a generating engine wrote and the text does not say.",
      labelNames: LABELS,
      registers,
    });
    this.#ready = new Gauge({
      name: "onepass_engine_ready",
      help: "Whether a model answers (1) or is loading or failed (0).",
      labelNames: LABELS,
      registers,
    });
  }

  answered({ model, engine }: Answerer, answered: Answered): void {
    const labels = { model, engine };
    this.#tokenize.observe(labels, answered.tokenizeMs / 1000);
    this.#queue.observe(labels, answered.queueMs / 1000);
    this.#inference.observe(labels, answered.inferenceMs / 1000);
    this.#decode.observe(labels, answered.decodeMs / 1000);
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

  ready({ model, engine }: Answerer, ready: boolean): void {
    this.#ready.set({ model, engine }, ready ? 1 : 0);
  }

  /** A model that is no longer there is neither ready nor not. */
  gone({ model, engine }: Answerer): void {
    this.#ready.remove({ model, engine });
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames: LABELS, buckets, registers: [this.registry] });
  }
}
