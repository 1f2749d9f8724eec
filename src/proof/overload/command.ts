import { readFile, writeFile } from "node:fs/promises";
import { environment, readableJson } from "../evaluation/report.js";
import { requestBody } from "../loadtest/answer.js";
import { modelsDir } from "../loadtest/bundles.js";
import { Calibration } from "../loadtest/calibration.js";
import { servedEngines } from "../loadtest/discover.js";
import { currentCommit } from "../loadtest/environment.js";
import { LoadTestError } from "../loadtest/errors.js";
import { runningServer, startServer, untilLoaded } from "../loadtest/server.js";
import { chooseTargets, modelOf, parseWishes, type Target } from "../loadtest/targets.js";
import { ownSet } from "../loadtest/texts.js";
import type { Surroundings } from "../surroundings.js";
import { residentBytes } from "../../resident.js";
import { runPhases, type Load, type Measured, type Plan } from "./phases.js";
import { pin } from "./pin.js";
import { makeReport } from "./report.js";
import { intoPage } from "../into-page.js";
import { overloadTable } from "./table.js";

export interface Options extends Plan {
  /** A server that runs; its memory can't be known. By default one is started. */
  readonly url?: string | undefined;
  /** `engine` or `engine:model`. */
  readonly target: string;
  /** Whether load and server get cores of their own, where that can be. */
  readonly pin: boolean;
  readonly json?: string | undefined;
  readonly page?: string | undefined;
}

const TASKS = ["intent", "slots"] as const;

/**
 * Overloads a server and tells what becomes of those that it still answers.
 * @returns whether every target is met
 */
export async function overloadCommand(options: Options, surroundings: Surroundings): Promise<boolean> {
  const { env, stop, stdout, stderr } = surroundings;
  const startedMs = performance.now();
  const progress = (message: string) => void stderr.write(`${message}\n`);
  await using calibration = await Calibration.start(); // its threads keep all cores
  const pinning = options.url === undefined && options.pin ? await pin() : undefined;
  await using server =
    options.url === undefined
      ? await startServer(settingsFor(options.target, env), 0, stop, pinning?.launcher)
      : runningServer(options.url);
  const signal = AbortSignal.any([stop, server.gone]);
  await untilLoaded(server, signal);
  const target = await chosen(options.target, server.url, signal);
  const { pid } = server as { pid?: number };
  const load: Load = {
    url: server.url,
    target,
    bodies: ownSet("mixed").texts.map((text) => requestBody(text, TASKS, target)),
    plan: options,
    memory: () => (pid === undefined ? Promise.resolve(undefined) : residentBytes(pid)),
    calibrate: () => calibration.measure(),
    signal,
    progress,
  };
  const blocks: Measured[] = [];
  const calibrations: number[] = [];
  await runPhases(load, blocks, calibrations);
  const { blockMs, probeMs, rounds, factor, seed } = options;
  const commit = await currentCommit();
  const report = makeReport(blocks, calibrations, {
    target: `${target.engine} of ${target.model}`,
    plan: { blockMs, probeMs, rounds, factor, seed },
    cores: pinning?.cores ?? "shared",
    environment: environment(),
    ...(commit && { commit }),
    seconds: Math.round((performance.now() - startedMs) / 1000),
  });
  const table = overloadTable(report);
  stdout.write(table);
  if (options.json !== undefined) await writeFile(options.json, readableJson(report));
  if (options.page !== undefined) {
    await writeFile(options.page, intoPage(await readFile(options.page, "utf8"), "npm run overload", table));
  }
  for (const missed of report.missed) progress(`missed: ${missed}`);
  return report.missed.length === 0;
}

/** The target's model alone, and nobody to fall back on: what is refused must be seen. */
function settingsFor(target: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const [wish] = parseWishes([target]);
  const model = wish && modelOf(wish);
  return {
    ...(model !== undefined && { ONEPASS_MODELS: model }),
    ONEPASS_FALLBACK_MODEL: "none",
    ...env,
    ONEPASS_MODELS_DIR: modelsDir(env),
  };
}

async function chosen(name: string, url: string, signal: AbortSignal): Promise<Target> {
  const { targets, leftOut } = chooseTargets(parseWishes([name]), await servedEngines(url, signal));
  const [target] = targets;
  if (!target) throw new LoadTestError(`--target: ${leftOut[0]?.reason ?? `${name} is not there`}`);
  return target;
}
