import { readFile, writeFile } from "node:fs/promises";
import { environment, readableJson } from "../evaluation/report.js";
import { modelsDir } from "../loadtest/bundles.js";
import { servedEngines } from "../loadtest/discover.js";
import { currentCommit } from "../loadtest/environment.js";
import { LoadTestError } from "../loadtest/errors.js";
import { startServer, untilLoaded } from "../loadtest/server.js";
import { chooseTargets, modelOf, type Wish } from "../loadtest/targets.js";
import type { Surroundings } from "../surroundings.js";
import { residentBytes } from "../../resident.js";
import { TASK_NAMES } from "../../tasks/task.js";
import { soakTable, systemOf, type SoakedSystem, type SoakReport } from "./report.js";
import { soak } from "./soak.js";

export interface Options {
  readonly targets: readonly Wish[];
  /** Of each engine that reads; one that writes is asked a twentieth. */
  readonly texts: number;
  readonly clients: number;
  /** For all engines together. */
  readonly minutes?: number | undefined;
  readonly seed: number;
  readonly json?: string | undefined;
}

const WRITING = ["generate", "dual-decoder"];
const WRITING_SHARE = 1 / 20;

/** Texts that an engine is asked: writing takes some twenty times as long as reading. */
export function textsFor(engine: string, texts: number): number {
  return Math.max(1, Math.round(texts * (WRITING.includes(engine) ? WRITING_SHARE : 1)));
}
const MINUTE_MS = 60_000;

/** Soaks the engines one after the other, each in a server of its own. Returns whether all have passed. */
export async function soakCommand(options: Options, surroundings: Surroundings): Promise<boolean> {
  const { targets, minutes = Infinity, json } = options;
  const endMs = performance.now() + minutes * MINUTE_MS;
  let report: SoakReport = {};
  for (const [i, wish] of targets.entries()) {
    // What is left of the time is shared among the engines that are left.
    const ownEndMs = performance.now() + (endMs - performance.now()) / (targets.length - i);
    const system = await soakOne(wish, { ...options, endMs: ownEndMs }, surroundings);
    report = { ...report, [wish.label]: system };
    if (json !== undefined) await writeFile(json, readableJson({ ...(await known(json)), ...report }));
  }
  surroundings.stdout.write(soakTable(report));
  return Object.values(report).every(({ passed }) => passed);
}

async function soakOne(
  wish: Wish,
  { texts, clients, seed, endMs }: Options & { readonly endMs: number },
  { env, stop, stderr }: Surroundings,
): Promise<SoakedSystem> {
  const model = modelOf(wish);
  await using server = await startServer(
    {
      ...(model !== undefined && { ONEPASS_MODELS: model }),
      ...env,
      ONEPASS_FALLBACK_MODEL: "none",
      ONEPASS_MODELS_DIR: modelsDir(env),
    },
    0,
    stop,
  );
  const signal = AbortSignal.any([stop, server.gone]);
  await untilLoaded(server, signal);
  const served = await servedEngines(server.url, signal);
  const { targets, leftOut } = chooseTargets([wish], served);
  const [target] = targets;
  if (!target) throw new LoadTestError(`--targets: ${leftOut[0]?.reason ?? `${wish.label} is not there`}`);
  const plan = {
    texts: textsFor(target.engine, texts),
    clients,
    tasks: await tasksOf(server.url, target.model, signal),
    endMs,
    seed,
  };
  const result = await soak(plan, {
    url: server.url,
    target,
    memory: () => residentBytes(server.pid),
    progress: (message) => void stderr.write(`${message}\n`),
    signal,
  });
  const commit = await currentCommit();
  const made = new Date().toISOString();
  return systemOf(result, { model: target.model, made, environment: environment(), ...(commit && { commit }) });
}

async function tasksOf(url: string, model: string, signal: AbortSignal) {
  const answer = await fetch(`${url}/models`, { signal });
  const { models } = (await answer.json()) as { models: { model: string; tasks: object }[] };
  const tasks = models.find((one) => one.model === model)?.tasks ?? {};
  return TASK_NAMES.filter((task) => task in tasks);
}

/** What the file says so far. @throws LoadTestError when it holds something else */
async function known(file: string): Promise<SoakReport> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  try {
    return JSON.parse(text) as SoakReport;
  } catch (cause) {
    throw new LoadTestError(`--json: ${file} is no JSON`, { cause });
  }
}
