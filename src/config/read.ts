import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { z } from "zod";
import { didYouMean } from "../did-you-mean.js";
import { PACKAGE_ROOT } from "../package.js";
import { PREFIX, Settings, variable } from "./settings.js";
import { foldersIn } from "./values.js";

/** The settings of a process: paths absolute, counts resolved. */
export type Config = Readonly<Omit<z.infer<typeof Settings>, "modelsDir">> & { readonly modelsDirs: readonly string[] };

/** Every fault of the settings at once. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(
      `The settings have ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    );
    this.name = new.target.name;
  }
}

/** Of the command line as a client (`onepass classify`); whoever sets them for a shell may start a server in it. */
const CLIENTS: ReadonlySet<string> = new Set(["ONEPASS_URL", "ONEPASS_KEY"]);

/**
 * The settings that an environment gives. An empty variable counts as unset, as container platforms write them.
 * @throws ConfigError that names every fault, unknown `ONEPASS_*` variables included.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const settings = new Map(Object.keys(Settings.shape).map((setting) => [variable(setting), setting]));
  const given = Object.entries(env).filter(
    ([name, value]) => name.startsWith(PREFIX) && value !== undefined && value !== "",
  );
  const faults = given
    .filter(([name]) => !settings.has(name) && !CLIENTS.has(name))
    .map(([name]) => `${name}: there is no such setting.${didYouMean(name, [...settings.keys()])}`);

  const known = given.flatMap(([name, value]) => (settings.has(name) ? [[settings.get(name), value]] : []));
  const parsed = Settings.safeParse(Object.fromEntries(known));
  if (!parsed.success) {
    faults.push(
      ...parsed.error.issues.map(({ path: [setting], message }) => {
        const name = variable(String(setting));
        return `${name}: ${message}, not ${JSON.stringify(env[name])}`;
      }),
    );
  }
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);

  const { modelsDir, ...config } = parsed.data;
  return {
    ...config,
    modelsDirs: [...new Set(foldersIn(modelsDir).map((folder) => resolve(PACKAGE_ROOT, folder)))],
    threads: config.threads === 0 ? availableParallelism() : config.threads,
  };
}
