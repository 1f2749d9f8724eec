import { randomUUID } from "node:crypto";
import { bundleAt, type Bundle } from "../bundle/bundle.js";
import { discoverBundles, selectBundles, type Discovery } from "../bundle/discover.js";
import { chooseEntry } from "../classify/choose.js";
import { compare } from "../classify/compare.js";
import { EnginePool } from "../classify/pool.js";
import { ClassifyRequest, CompareRequest } from "../classify/request.js";
import { ClassifyService, type RequestContext } from "../classify/service.js";
import { ConfigError, readConfig, type Config } from "../config/read.js";
import type { EngineName } from "../engines/engine.js";
import { loadEngines } from "../engines/load.js";
import { BundleError } from "../errors.js";
import { engineOptions } from "../house/engines.js";
import { modelInfo } from "../http/models.js";
import { parseBody } from "../http/parse.js";
import { Metrics } from "../metrics/metrics.js";
import type { Answerer, Whom } from "./answerer.js";
import type { Io } from "./io.js";

/** Nobody else waits here: the limits that guard a server's time are lifted. */
const LIFTED = { maxTexts: 10_000, maxTextChars: Infinity, timeoutMs: 3_600_000 };

/**
 * The models of the settings in this process, behind the server's own service; none falls back on another.
 * @throws ConfigError, BundleError
 */
export async function openLocal(io: Io, needed: Whom["needed"]): Promise<Answerer> {
  const config = readConfig(io.env);
  const found = await findBundles(config);
  const metrics = new Metrics();
  const settings = { metrics, fallbackModel: "none", defaultModel: config.defaultModel };
  const pool = new EnginePool({ ...settings, load: (bundle) => loadEngines(bundle, engineOptions(config)) });
  const service = new ClassifyService(pool, metrics, { ...config, ...LIFTED });
  const context = (): RequestContext => ({ id: randomUUID(), startedAt: performance.now(), signal: io.stop });
  let opening: Promise<void> | undefined;
  const open = () => (opening ??= openPool(pool, needed ? only(found, config, needed) : found, needed !== undefined));
  return {
    async classify(request) {
      await open();
      return service.classify(parseBody(ClassifyRequest, request), context());
    },
    async compare(request) {
      await open();
      return compare(service, parseBody(CompareRequest, request), context());
    },
    models() {
      const listing = unopened(found, config);
      return Promise.resolve({ models: listing.entries.map((entry) => modelInfo(entry, listing)) });
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

/** @throws ConfigError for a model that is not there; BundleError where there is none */
export async function findBundles(config: Config): Promise<Discovery> {
  const found = selectBundles(await discoverBundles(config.modelsDirs, config.models), config.models);
  const folders = config.modelsDirs.join(" or ");
  if (found.missing.length > 0) {
    throw new ConfigError(found.missing.map((name) => `ONEPASS_MODELS: there is no model ${name} in ${folders}`));
  }
  if (found.bundles.length > 0) return found;
  if (found.faulty[0]) throw asError(found.faulty[0].error);
  throw new BundleError(folders, "holds no bundle; ONEPASS_MODELS_DIR names the folder");
}

/** A failed engine would be told as "being loaded" by the service; here its own words are wanted. */
async function openPool(pool: EnginePool, found: Discovery, strict: boolean): Promise<void> {
  await pool.open(found);
  const failed = pool.entries.find(({ state }) => state === "failed");
  if (failed && (strict || pool.entries.every(({ state }) => state === "failed"))) throw asError(failed.error);
}

/** Of the bundles the one that would answer, as a server with all of them chooses it. @throws OnepassError where none would */
function only(found: Discovery, config: Config, { model, engine }: NonNullable<Whom["needed"]>): Discovery {
  const { bundle, engineName } = chooseEntry(unopened(found, config), {
    model,
    engine: engine as EngineName | undefined,
  });
  return { bundles: [engineName === "single-pass" ? withoutWriters(bundle) : bundle], faulty: [] };
}

/** Weights that are read can often write, too; to be ready for that takes longer than to read a text. */
function withoutWriters({ folder, manifest }: Bundle): Bundle {
  const { model } = manifest;
  return bundleAt(
    folder,
    model.engine === "single-pass" ? { ...manifest, model: { ...model, writes: false } } : manifest,
  );
}

/** Knows who is the default and the fallback, and loads nothing. */
function unopened(found: Discovery, { defaultModel, fallbackModel }: Config): EnginePool {
  const pool = new EnginePool({
    metrics: new Metrics(),
    defaultModel,
    fallbackModel,
    load: () => new Promise(() => undefined),
  });
  void pool.open(found);
  return pool;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
