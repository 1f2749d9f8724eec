import type { Logger } from "pino";
import { discoverBundles, selectBundles, type Discovery } from "../bundle/discover.js";
import { ConfigError, type Config } from "../config/read.js";
import { enginesOf } from "../engines/offered.js";

/**
 * The bundles that the settings ask for.
 * @throws ConfigError when a setting names a model that is not there; BundleError when a folder can't be read
 */
export async function findModels(config: Config, logger: Logger): Promise<Discovery> {
  const found = selectBundles(await discoverBundles(config.modelsDirs, config.models), config.models);
  for (const { model, error } of found.faulty) logger.error({ model, err: error }, "the bundle can't be served");

  const folders = config.modelsDirs.join(" or ");
  const faults = found.missing.map((name) => `ONEPASS_MODELS: there is no model ${name} in ${folders}`);
  const wanted = { ONEPASS_DEFAULT_MODEL: config.defaultModel, ONEPASS_FALLBACK_MODEL: config.fallbackModel };
  if (config.shadowModel !== undefined && !isOffered(found, config.shadowModel)) {
    faults.push(`ONEPASS_SHADOW_MODEL: no model or engine ${config.shadowModel} is loaded`);
  }
  for (const [variable, name] of Object.entries(wanted)) {
    if (name === undefined || (name === "none" && variable === "ONEPASS_FALLBACK_MODEL")) continue;
    if (selectBundles(found, [name]).missing.length > 0) faults.push(`${variable}: the model ${name} is not loaded`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return found;
}

/** name: of a model, or of an engine that one of them becomes. */
function isOffered(found: Discovery, name: string): boolean {
  const engines = found.bundles.flatMap(({ manifest }) => enginesOf(manifest.model));
  return engines.some((engine) => engine === name) || selectBundles(found, [name]).missing.length === 0;
}
