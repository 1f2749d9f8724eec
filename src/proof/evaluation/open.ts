import type { Bundle } from "../../bundle/bundle.js";
import { readConfig } from "../../config/read.js";
import { loadEngines } from "../../engines/load.js";
import type { Surroundings } from "./command.js";
import { openServed } from "./served.js";

/** Opens bundles as the server does, on the hardware that the settings of `env` name. @throws ConfigError */
export function openerFor(env: Readonly<Record<string, string | undefined>>): Surroundings["open"] {
  const load = async (bundle: Bundle) => {
    const { runtime, threads, gpu, maxSequences } = readConfig(env);
    return loadEngines(bundle, {
      runtime,
      threads,
      gpu: gpu === "off" ? false : gpu,
      maxSequences: maxSequences === 0 ? undefined : maxSequences,
    });
  };
  return (options) => openServed(options, load);
}
