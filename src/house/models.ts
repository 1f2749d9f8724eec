import { basename } from "node:path";
import type { Logger } from "pino";
import { discoverBundles, foldersOf, selectBundles, type Discovery } from "../bundle/discover.js";
import { ConfigError, type Config } from "../config/read.js";
import { enginesOf } from "../engines/offered.js";
import { OnepassError } from "../errors.js";

/**
 * The bundles that the settings ask for.
 * @throws ConfigError when a setting names a model that is not there; BundleError when a folder can't be read
 */
export async function findModels(config: Config, logger: Logger): Promise<Discovery> {
  const found = selectBundles(await discoverBundles(config.modelsDirs, config.models), config.models);
  for (const { model, error } of found.faulty) {
    logger.error({ model, ...told(error) }, "the bundle can't be served");
  }
  const folders = config.modelsDirs.join(" or ");
  const missing = found.missing.length === 0 ? [] : await bundleNames(config.modelsDirs);
  const faults = found.missing.map(
    (name) => `ONEPASS_MODELS: there is no model ${name} in ${folders}${among(missing)}`,
  );
  const loaded = found.bundles.map(({ manifest }) => manifest.name);
  const wanted = { ONEPASS_DEFAULT_MODEL: config.defaultModel, ONEPASS_FALLBACK_MODEL: config.fallbackModel };
  if (config.shadowModel !== undefined && !isOffered(found, config.shadowModel)) {
    faults.push(`ONEPASS_SHADOW_MODEL: no model or engine ${config.shadowModel} is loaded${among(loaded)}`);
  }
  for (const [variable, name] of Object.entries(wanted)) {
    if (name === undefined || (name === "none" && variable === "ONEPASS_FALLBACK_MODEL")) continue;
    if (selectBundles(found, [name]).missing.length === 0) continue;
    faults.push(`${variable}: the model ${name} is not loaded${among(loaded)}`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return found;
}

/** Bundles are other people's: a fault that we know is told in a line, without our stack. */
const told = (error: unknown): object => (error instanceof OnepassError ? { reason: error.message } : { err: error });

const among = (names: readonly string[]): string => (names.length === 0 ? "" : `; there are ${names.join(", ")}`);

async function bundleNames(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(folders.map((folder) => foldersOf(folder)));
  return [...new Set(found.flat().map((folder) => basename(folder)))];
}

/** name: of a model, or of an engine that one of them becomes. */
function isOffered(found: Discovery, name: string): boolean {
  const engines = found.bundles.flatMap(({ manifest }) => enginesOf(manifest.model));
  return engines.some((engine) => engine === name) || selectBundles(found, [name]).missing.length === 0;
}
