import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { PACKAGE_VERSION } from "../package.js";
import { AccessMetrics } from "./access.js";
import { BreakerMetrics } from "./breakers.js";
import { CacheMetrics } from "./cache.js";
import { EngineMetrics } from "./engines.js";
import { FallbackMetrics } from "./fallback.js";
import { forgetModel } from "./forget.js";
import { measureEventLoop } from "./event-loop.js";
import { PredictionMetrics } from "./predictions.js";
import { QueueMetrics } from "./queue.js";
import { RequestMetrics } from "./requests.js";
import { ShadowMetrics } from "./shadow.js";
import { ModelMetrics } from "./models.js";
import { WorkerMetrics } from "./workers.js";

/** Everything that is measured, in a registry of its own. Labels come from fixed sets: no text, no raw path. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new RequestMetrics(this.registry);
  readonly engines = new EngineMetrics(this.registry);
  readonly breakers = new BreakerMetrics(this.registry);
  readonly predictions = new PredictionMetrics(this.registry);
  readonly queue = new QueueMetrics(this.registry);
  readonly cache = new CacheMetrics(this.registry);
  readonly fallback = new FallbackMetrics(this.registry);
  readonly shadow = new ShadowMetrics(this.registry);
  readonly access = new AccessMetrics(this.registry);
  readonly models = new ModelMetrics(this.registry);
  readonly workers = new WorkerMetrics(this.registry);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    measureEventLoop(this.registry);
    new Gauge({
      name: "onepass_build_info",
      help: "Always 1; the labels say what runs.",
      labelNames: ["version", "node"] as const,
      registers: [this.registry],
    }).set({ version: PACKAGE_VERSION, node: process.versions.node }, 1);
  }

  /** A model, `name@version`, that is no longer served has no series any more. */
  forget(model: string): Promise<void> {
    return forgetModel(this.registry, model);
  }
}
