import { ConfigError, readConfig } from "./config/read.js";
import { OnepassError } from "./errors.js";
import { buildHouse } from "./house/build.js";
import { warnOfExposure } from "./house/edge.js";
import { createLogger } from "./house/logger.js";
import { findModels } from "./house/models.js";
import { openServers } from "./house/servers.js";
import { urlOf } from "./http/server.js";
import { openTracing } from "./tracing/open.js";

const BAD_SETTINGS = 2;
const DISPOSE_TIMEOUT_MS = 10_000;

/** Starts the process: settings → house → listen → models → drain. It listens before the models are loaded. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config);
  const tracing = await openTracing(config, logger);
  const house = buildHouse(config, logger, tracing);
  const { pool, manager, loads, shadow, spare, lifecycle, keys } = house;
  warnOfExposure(config, logger);
  const servers = await openServers(house, config);
  logger.info({ url: urlOf(servers.main), ...(servers.ops && { ops_url: urlOf(servers.ops) }) }, "listening");

  const stop = async (signal: string): Promise<void> => {
    logger.info({ signal }, "stopping: finishing what runs");
    lifecycle.draining = true;
    await servers.drain(config.drainMs);
    shadow?.[Symbol.dispose]();
    spare?.[Symbol.dispose]();
    setTimeout(() => {
      logger.error("the engines did not close in time");
      process.exit(1);
    }, DISPOSE_TIMEOUT_MS).unref();
    await manager[Symbol.asyncDispose]();
    await Promise.all([pool[Symbol.asyncDispose](), tracing[Symbol.asyncDispose]()]);
    logger.info("stopped");
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, (name) => void stop(name));
  process.on("SIGHUP", () => {
    keys?.reload();
    void manager.refresh();
  });

  const found = await findModels(config, logger);
  await pool.open(found);
  if (lifecycle.draining) return;
  if (pool.entries.every(({ state }) => state !== "ready")) {
    const folders = config.modelsDirs.join(" or ");
    const none = found.bundles.length + found.faulty.length === 0;
    const why = none ? "no folder in it has a bundle.json (ONEPASS_MODELS_DIR)" : "the lines above say why";
    throw new OnepassError("not_ready", 503, `No model in ${folders} could be loaded: ${why}.`);
  }
  logger.info(await loads.summary(config), "loaded");
  if (pool.ready) logger.info({ url: urlOf(servers.main), model: pool.default?.model }, "ready");
}

/** The last words of a process that can't start: for a person, on stderr. */
function explain(error: unknown): string {
  const { code, address, hostname, port } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const place = `${String(address)}:${String(port)}`;
  if (code === "EADDRINUSE") return `${place} is taken by another process. Set ONEPASS_PORT to a free port.`;
  if (code === "EACCES") return `This user may not listen on ${place}. Set ONEPASS_PORT to a port above 1023.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return `This machine has no address ${String(address ?? hostname)}. Set ONEPASS_HOST to 127.0.0.1, or to 0.0.0.0 for every address.`;
  }
  if (error instanceof ConfigError || error instanceof OnepassError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(error instanceof ConfigError ? BAD_SETTINGS : 1);
});
