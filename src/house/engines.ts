import { bundleId, type Bundle } from "../bundle/bundle.js";
import type { Config } from "../config/read.js";
import type { Engine } from "../engines/engine.js";
import { loadEngines, type EngineOptions } from "../engines/load.js";
import { RunLimitedEngine } from "../engines/run-limit.js";
import type { Metrics } from "../metrics/metrics.js";

/** How a bundle becomes the engines that answer, warm: whatever stands between the service and a model is put here. */
export function engineLoader(config: Config, metrics: Metrics): (bundle: Bundle) => Promise<readonly Engine[]> {
  return async (bundle) => {
    const engines = await loadEngines(bundle, {
      ...engineOptions(config),
      onBatch: (engine) => (prompts, tokens) => {
        metrics.engines.batchRun({ model: bundleId(bundle), engine }, prompts, tokens);
      },
    });
    return engines.map((engine) => new RunLimitedEngine(engine, config.runTimeoutMs));
  };
}

/** What the settings say of every engine. */
export function engineOptions(config: Config): EngineOptions {
  const { runtime, threads, gpu, maxSequences, batchWaitMs, loadTimeoutMs } = config;
  return {
    runtime,
    threads,
    loadMs: loadTimeoutMs,
    gpu: gpu === "off" ? false : gpu,
    maxSequences: maxSequences === 0 ? undefined : maxSequences,
    batchWaitMs,
  };
}
