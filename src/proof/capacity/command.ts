import { readFile, writeFile } from "node:fs/promises";
import { environment, readableJson } from "../evaluation/report.js";
import { Fleet } from "../fleet/fleet.js";
import { FLEET_SIZE, startProxy } from "../fleet/haproxy.js";
import { requestBody } from "../loadtest/answer.js";
import { modelsDir } from "../loadtest/bundles.js";
import { servedEngines } from "../loadtest/discover.js";
import { currentCommit } from "../loadtest/environment.js";
import { LoadTestError } from "../loadtest/errors.js";
import { chooseTargets, modelOf, type Wish } from "../loadtest/targets.js";
import { ownSet } from "../loadtest/texts.js";
import type { Surroundings } from "../surroundings.js";
import { measureFleet, type MeasurePlan } from "./measure.js";
import { intoPage } from "../into-page.js";
import { capacityTables, type CapacityReport } from "./report.js";
import { sizingOf, type Sizing } from "./sizing.js";

export interface Options extends MeasurePlan {
  /** Whether to measure anew; otherwise what `json` holds is sized. */
  readonly measure: boolean;
  readonly target: Wish;
  /** Requests a second, and goals for the 99th percentile in milliseconds. */
  readonly rates: readonly number[];
  readonly goals: readonly number[];
  readonly dollarsACoreHour: number;
  readonly json: string;
  readonly page?: string | undefined;
}

const TASKS = ["intent", "slots"] as const;
/** Each replica of the measured fleet is started with one thread. */
const CORES_OF_REPLICA = 1;

/** Measures, if that is wanted, sizes and tells. Returns whether the predictions are within their tolerance. */
export async function capacityCommand(options: Options, surroundings: Surroundings): Promise<boolean> {
  const { json, page } = options;
  const base = options.measure ? await measure(options, surroundings) : await read(json);
  const pricing = { coresOfReplica: CORES_OF_REPLICA, dollarsACoreHour: options.dollarsACoreHour };
  const report: CapacityReport = { ...base, pricing, sizings: sizings(base, options) };
  const tables = capacityTables(report);
  surroundings.stdout.write(`${tables}\n`);
  await writeFile(json, readableJson(report));
  if (page !== undefined) await writeFile(page, intoPage(await readFile(page, "utf8"), "npm run capacity", tables));
  return report.measured.holds;
}

type Base = Omit<CapacityReport, "pricing" | "sizings">;

async function measure(options: Options, { env, stop, stderr }: Surroundings): Promise<Base> {
  const progress = (message: string) => void stderr.write(`${message}\n`);
  const model = modelOf(options.target);
  progress(`starting ${FLEET_SIZE} servers and haproxy`);
  await using fleet = await Fleet.start(
    {
      ...(model !== undefined && { ONEPASS_MODELS: model }),
      ...env,
      ONEPASS_FALLBACK_MODEL: "none",
      ONEPASS_MODELS_DIR: modelsDir(env),
      ONEPASS_THREADS: `${CORES_OF_REPLICA}`,
    },
    stop,
  );
  await using proxy = await startProxy(fleet.urls);
  await proxy.untilUp();
  const { targets, leftOut } = chooseTargets([options.target], await servedEngines(proxy.url, stop));
  const [target] = targets;
  if (!target) throw new LoadTestError(`--target: ${leftOut[0]?.reason ?? "is not there"}`);
  const bodies = ownSet("mixed").texts.map((text) => requestBody(text, TASKS, target));
  const measured = await measureFleet(
    { url: proxy.url, replicas: FLEET_SIZE, target, bodies },
    options,
    stop,
    progress,
  );
  const commit = await currentCommit();
  return {
    made: new Date().toISOString(),
    target: `${target.engine} of ${target.model}`,
    replicas: FLEET_SIZE,
    measured,
    environment: environment(),
    ...(commit && { commit }),
  };
}

function sizings({ measured: { service } }: Base, { rates, goals, dollarsACoreHour, seed }: Options): Sizing[] {
  const pricing = { coresOfReplica: CORES_OF_REPLICA, dollarsACoreHour };
  return rates.flatMap((rate) => goals.map((goal) => sizingOf(service, rate, goal, pricing, seed)));
}

/** @throws LoadTestError when nothing has been measured */
async function read(file: string): Promise<CapacityReport> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as CapacityReport;
  } catch (cause) {
    throw new LoadTestError(`--json: ${file} can't be read; --measure makes it`, { cause });
  }
}
