import { pino, stdTimeFunctions, type Logger } from "pino";
import { bundleId } from "./bundle/bundle.js";
import { discoverBundles, selectBundles, type Discovery } from "./bundle/discover.js";
import { EnginePool, type PoolEntry } from "./classify/pool.js";
import { ClassifyService } from "./classify/service.js";
import { ConfigError, readConfig, type Config } from "./config/read.js";
import { loadEngines } from "./engines/load.js";
import { OnepassError } from "./errors.js";
import { createApp } from "./http/app.js";
import { drain, listen, urlOf } from "./http/server.js";
import { Metrics } from "./metrics/metrics.js";

const BAD_SETTINGS = 2;
const DISPOSE_TIMEOUT_MS = 10_000;

/** Starts the process: settings → engines → app → listen → drain. It listens before the models are loaded. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config);
  const metrics = new Metrics();
  const pool = createPool(config, metrics, logger);
  const service = new ClassifyService(pool, metrics, config, (error, model) => {
    logger.error({ err: error, model }, "the model failed, the fallback answers");
  });
  const lifecycle = { draining: false };
  const app = createApp({
    service,
    metrics,
    logger,
    maxBodyBytes: config.maxBodyBytes,
    isDraining: () => lifecycle.draining,
  });
  const server = await listen(app, config.host, config.port);
  logger.info({ url: urlOf(server) }, "listening");

  const stop = async (signal: string): Promise<void> => {
    logger.info({ signal }, "stopping: finishing what runs");
    lifecycle.draining = true;
    await drain(server, config.drainTimeoutMs);
    setTimeout(() => {
      logger.error("the engines did not close in time");
      process.exit(1);
    }, DISPOSE_TIMEOUT_MS).unref();
    await pool[Symbol.asyncDispose]();
    logger.info("stopped");
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, (name) => void stop(name));

  await pool.open(await findModels(config, logger));
  if (lifecycle.draining) return;
  if (pool.entries.every(({ state }) => state !== "ready")) {
    throw new OnepassError("not_ready", 503, `No model in ${config.modelsDirs.join(" or ")} could be loaded.`);
  }
  if (pool.ready) logger.info({ url: urlOf(server), model: pool.default?.model }, "ready");
}

function createLogger({ logLevel }: Config): Logger {
  return pino({
    level: logLevel,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
  });
}

function createPool(config: Config, metrics: Metrics, logger: Logger): EnginePool {
  return new EnginePool({
    metrics,
    defaultModel: config.defaultModel,
    fallbackModel: config.fallbackModel,
    load: (bundle) =>
      loadEngines(bundle, {
        runtime: config.runtime,
        threads: config.threads,
        gpu: config.gpu === "off" ? false : config.gpu,
        maxSequences: config.maxSequences === 0 ? undefined : config.maxSequences,
        onBatch: (engine) => (prompts, tokens) => {
          metrics.engines.batchRun({ model: bundleId(bundle), engine }, prompts, tokens);
        },
      }),
    onChange: ({ model, engineName, engine, state, error }: PoolEntry) => {
      if (state === "failed") logger.error({ model, engine: engineName, err: error }, "the model could not be loaded");
      else logger.info({ model, engine: engineName, runtime: engine?.runtime }, "the model is warm");
    },
  });
}

/** @throws ConfigError when a setting names a model that is not there; BundleError when there is none at all */
async function findModels(config: Config, logger: Logger): Promise<Discovery> {
  const found = selectBundles(await discoverBundles(config.modelsDirs, config.models), config.models);
  for (const { model, error } of found.faulty) logger.error({ model, err: error }, "the bundle can't be served");

  const folders = config.modelsDirs.join(" or ");
  const faults = found.missing.map((name) => `ONEPASS_MODELS: there is no model ${name} in ${folders}`);
  const wanted = { ONEPASS_DEFAULT_MODEL: config.defaultModel, ONEPASS_FALLBACK_MODEL: config.fallbackModel };
  for (const [variable, name] of Object.entries(wanted)) {
    if (name === undefined || (name === "none" && variable === "ONEPASS_FALLBACK_MODEL")) continue;
    if (selectBundles(found, [name]).missing.length > 0) faults.push(`${variable}: the model ${name} is not loaded`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return found;
}

/** The last words of a process that can't start: for a person, on stderr. */
function explain(error: unknown): string {
  const { code, address, port } = (error ?? {}) as { code?: unknown; address?: unknown; port?: unknown };
  const place = `${String(address)}:${String(port)}`;
  if (code === "EADDRINUSE") return `${place} is taken by another process. Set ONEPASS_PORT to a free port.`;
  if (code === "EACCES") return `This user may not listen on ${place}. Set ONEPASS_PORT to a port above 1023.`;
  if (error instanceof ConfigError || error instanceof OnepassError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(error instanceof ConfigError ? BAD_SETTINGS : 1);
});
