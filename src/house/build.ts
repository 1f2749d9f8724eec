import type { RequestListener } from "node:http";
import type { Express } from "express";
import type { Logger } from "pino";
import type { WatchedKeys } from "../access/keys-file.js";
import type { Bundle } from "../bundle/bundle.js";
import { EnginePool, type PoolEntry } from "../classify/pool.js";
import { ClassifyService } from "../classify/service.js";
import type { Config } from "../config/read.js";
import { createApp, createOpsApp, type AppOptions } from "../http/app.js";
import { door } from "../http/door.js";
import { RefusalLog } from "../http/refusal-log.js";
import { KeptTexts } from "../logging/texts.js";
import type { ModelManager } from "../lifecycle/manager.js";
import { Metrics } from "../metrics/metrics.js";
import { Scheduling } from "../scheduling/scheduling.js";
import type { Shadow } from "../shadow/shadow.js";
import type { Tracing } from "../tracing/trace.js";
import { answersLog } from "./answers-log.js";
import { openKeys } from "./edge.js";
import { createSpare, engineLoader } from "./engines.js";
import { createShadow } from "./shadow.js";
import { Loads } from "./loads.js";
import { createManager } from "./manager.js";

/** Everything that answers, put together; nothing of it runs yet. */
export interface House {
  readonly metrics: Metrics;
  readonly pool: EnginePool;
  readonly service: ClassifyService;
  readonly manager: ModelManager;
  readonly loads: Loads;
  /** Waits to take a worker's place. */
  readonly spare: Disposable | undefined;
  /** What every request meets first. */
  readonly app: RequestListener;
  /** Of `/metrics` and `/admin`, where these have a port of their own. */
  readonly opsApp: Express | undefined;
  /** Where the settings name one. */
  readonly shadow: Shadow | undefined;
  readonly keys: WatchedKeys | undefined;
  /** What the process is doing, as probes and new requests see it. */
  readonly lifecycle: { draining: boolean };
}

export function buildHouse(config: Config, logger: Logger, tracing: Tracing): House {
  const metrics = new Metrics();
  const lifecycle = { draining: false };
  const scheduling = new Scheduling(config, metrics);
  const spare = createSpare(config);
  const loads = new Loads(engineLoader(config, metrics, logger, spare));
  const load = async (bundle: Bundle) => (await loads.load(bundle)).map((engine) => scheduling.over(engine));
  const pool = new EnginePool({
    metrics,
    defaultModel: config.defaultModel,
    fallbackModel: config.fallbackModel,
    load,
    onChange: (entry) => {
      logChange(entry, logger);
    },
  });
  const keptTexts = new KeptTexts(config.logText);
  const shadow = createShadow(config, pool, metrics, (texts) => keptTexts.keep(texts));
  const log = answersLog(keptTexts, logger);
  const service = new ClassifyService(pool, metrics, config, {
    onAnswer: (answer) => {
      log(answer);
      shadow?.observe(answer);
    },
    onHiddenFailure: (error, model) => {
      logger.error({ err: error, model }, "the model failed, the other answers");
    },
    onBreaker: ({ model, engineName: engine }, state) => {
      logger.warn({ model, engine, state }, "the engine's breaker changed");
    },
  });
  const manager = createManager(config, pool, load, metrics, logger);
  const keys = openKeys(config, metrics.access, logger);
  const refusals = new RefusalLog(logger);
  const options: AppOptions = {
    service,
    metrics,
    logger,
    maxBodyBytes: config.maxBodyBytes,
    isDraining: () => lifecycle.draining,
    tracing,
    refusals,
    edge: { ...config, keys: keys?.ring },
    shadow,
    adapters: config.adapters,
    manager,
    opsApart: config.opsPort !== undefined,
  };
  const opsApp = options.opsApart ? createOpsApp(options) : undefined;
  const app = door(createApp(options), { turnsAway: (now) => scheduling.turnsAway(now), metrics, refusals });
  return { metrics, pool, service, manager, loads, spare, app, opsApp, shadow, keys, lifecycle };
}

function logChange({ model, engineName, engine, state, error }: PoolEntry, logger: Logger): void {
  if (state === "failed") logger.error({ model, engine: engineName, err: error }, "the model could not be loaded");
  else logger.info({ model, engine: engineName, runtime: engine?.runtime }, "the model is warm");
}
