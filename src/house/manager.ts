import type { Logger } from "pino";
import type { Bundle } from "../bundle/bundle.js";
import { discoverBundles, selectBundles } from "../bundle/discover.js";
import type { EnginePool } from "../classify/pool.js";
import type { Config } from "../config/read.js";
import type { Engine } from "../engines/engine.js";
import { OnepassError } from "../errors.js";
import { ModelManager } from "../lifecycle/manager.js";
import { bytesNeeded } from "../lifecycle/memory.js";
import { ModelRefused } from "../lifecycle/refusal.js";
import type { Metrics } from "../metrics/metrics.js";

/** What changes the models of a pool while it serves. load: as the pool itself loads bundles. */
export function createManager(
  config: Config,
  pool: EnginePool,
  load: (bundle: Bundle) => Promise<readonly Engine[]>,
  metrics: Metrics,
  logger: Logger,
): ModelManager {
  return new ModelManager({
    pool,
    load,
    find: async (names = config.models) => selectBundles(await discoverBundles(config.modelsDirs, names), names),
    memory: async (bundle) => ({
      needed: await bytesNeeded(bundle, config.workers),
      available: process.availableMemory(),
    }),
    onGone: (model) => {
      void metrics.forget(model);
    },
    onChange: (action, outcome) => {
      if (outcome instanceof OnepassError) {
        const reason = outcome instanceof ModelRefused ? outcome.reason : outcome.code;
        metrics.models.changed(action, reason);
        logger.error({ action, reason, err: outcome }, "the models stay as they are");
      } else {
        const { tookMs, ...change } = outcome;
        metrics.models.changed(action, "made");
        logger.info({ action, ...change, took_ms: Math.round(tookMs) }, "the models have changed");
      }
    },
  });
}
