import { Counter, Histogram, type Registry } from "prom-client";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { SECONDS } from "./buckets.js";
import type { Answerer } from "./engines.js";

const LABELS = ["model", "engine", "shadow_model", "shadow_engine"] as const;
type Label = (typeof LABELS)[number];

/** What another engine says of the traffic, beside those that answer it. */
export class ShadowMetrics {
  readonly #requests: Counter<"model" | "engine" | "outcome">;
  readonly #dropped: Counter;
  readonly #texts: Counter<Label | "task" | "agrees">;
  readonly #inference: Histogram<Label | "of">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#requests = new Counter({
      name: "onepass_shadow_requests_total",
      help: "Sampled requests that the shadow (model, engine) was asked: compared, or failed by it.",
      labelNames: ["model", "engine", "outcome"],
      registers,
    });
    this.#dropped = new Counter({
      name: "onepass_shadow_dropped_total",
      help: "Sampled requests that the shadow was not asked, since it or the server had no time to spare.",
      registers,
    });
    this.#texts = new Counter({
      name: "onepass_shadow_texts_total",
      help: "Texts that a model and its shadow have answered, by task and whether the two agree.",
      labelNames: [...LABELS, "task", "agrees"],
      registers,
    });
    this.#inference = new Histogram({
      name: "onepass_shadow_inference_duration_seconds",
      help: "Time of a compared request's forward passes, of the model that answered (answerer) and of its shadow.",
      labelNames: [...LABELS, "of"],
      buckets: SECONDS,
      registers,
    });
  }

  asked({ model, engine }: Answerer, outcome: "compared" | "failed"): void {
    this.#requests.inc({ model, engine, outcome });
  }

  dropped(): void {
    this.#dropped.inc();
  }

  compared(
    { model, engine }: Answerer,
    shadow: Answerer,
    agreements: readonly Partial<Record<TaskName, boolean>>[],
    times: { readonly answererMs: number; readonly shadowMs: number } | undefined,
  ): void {
    const labels = { model, engine, shadow_model: shadow.model, shadow_engine: shadow.engine };
    for (const agreement of agreements) {
      for (const task of TASK_NAMES) {
        const agrees = agreement[task];
        if (agrees !== undefined) this.#texts.inc({ ...labels, task, agrees: `${agrees}` });
      }
    }
    if (!times) return;
    this.#inference.observe({ ...labels, of: "answerer" }, times.answererMs / 1000);
    this.#inference.observe({ ...labels, of: "shadow" }, times.shadowMs / 1000);
  }
}
