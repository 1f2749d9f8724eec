import type { Logger } from "pino";
import { bundleId, type Bundle } from "../bundle/bundle.js";
import type { Config } from "../config/read.js";
import type { Engine } from "../engines/engine.js";
import { RunLimitedEngine } from "../engines/run-limit.js";
import type { Metrics } from "../metrics/metrics.js";
import { openWorkers } from "../workers/engine.js";
import { WorkerProcess } from "../workers/process.js";
import type { PlainOptions } from "../workers/protocol.js";
import { Spare } from "../workers/spare.js";

const WORKER = import.meta.resolve("../workers/worker.js");

/** Where there are workers, and the settings want one. */
export function createSpare(config: Config): Spare | undefined {
  if (config.workers === 0 || config.workerSpare === "off") return undefined;
  const start = () => {
    const worker = new WorkerProcess(WORKER);
    worker.prepare(engineOptions(config));
    return worker;
  };
  return new Spare(start, config.workerSilentMs);
}

/** How a bundle becomes the engines that answer, warm: whatever stands between the service and a model is put here. */
export function engineLoader(
  config: Config,
  metrics: Metrics,
  logger: Logger,
  spare?: Spare,
): (bundle: Bundle) => Promise<readonly Engine[]> {
  return async (bundle) => {
    const engines = await (config.workers === 0
      ? loadHere(bundle, config, metrics)
      : loadInWorkers(bundle, config, metrics, logger, spare));
    return engines.map((engine) => new RunLimitedEngine(engine, config.runTimeoutMs));
  };
}

/** Native libraries are opened by who runs models alone: in this process only where there are no workers. */
async function loadHere(bundle: Bundle, config: Config, metrics: Metrics): Promise<readonly Engine[]> {
  const { loadEngines } = await import("../engines/load.js");
  const model = bundleId(bundle);
  return loadEngines(bundle, {
    ...engineOptions(config),
    onBatch: (engine) => (prompts, tokens) => {
      metrics.engines.batchRun({ model, engine }, prompts, tokens);
    },
  });
}

function loadInWorkers(
  bundle: Bundle,
  config: Config,
  metrics: Metrics,
  logger: Logger,
  spare?: Spare,
): Promise<readonly Engine[]> {
  const model = bundleId(bundle);
  const { workers, workerSilentMs: silentMs, workerHangMs: hangMs, workerMemoryMb } = config;
  return openWorkers(bundle, {
    module: WORKER,
    workers,
    spare,
    engines: engineOptions(config),
    health: { silentMs, hangMs, memoryBytes: workerMemoryMb * 2 ** 20 },
    onBatch: ({ engine, prompts, tokens }) => {
      metrics.engines.batchRun({ model, engine }, prompts, tokens);
    },
    onRestart: (engine, reason, detail, worker) => {
      metrics.workers.restarted({ model, engine }, reason);
      const why = { model, engine, worker, reason, ...(detail instanceof Error ? { err: detail } : { detail }) };
      if (reason === "unstartable") logger.error(why, "the worker could not be started");
      else logger.warn(why, "the worker is replaced");
    },
    watch: (engine, states) => metrics.workers.watch({ model, engine }, states),
  });
}

/** What the settings say of every engine. */
export function engineOptions(config: Config): PlainOptions {
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
