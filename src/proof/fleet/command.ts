import { writeFile } from "node:fs/promises";
import { environment, readableJson, type Environment } from "../evaluation/report.js";
import { currentCommit, type Commit } from "../loadtest/environment.js";
import { SENTENCES } from "../loadtest/sentences.js";
import type { Surroundings } from "../surroundings.js";
import { checkFleet, type Phase } from "./check.js";
import { Fleet } from "./fleet.js";
import { startProxy, type ServerStats } from "./haproxy.js";
import type { CheckPlan, Options } from "./options.js";
import { SteadyLoad } from "./steady-load.js";

export interface ProxyReport {
  readonly made: string;
  readonly failed: number;
  readonly answered: number;
  readonly phases: readonly Phase[];
  /** What the proxy has seen of each server. */
  readonly servers: readonly ServerStats[];
  readonly plan: CheckPlan & Pick<Options, "clients" | "pauseMs" | "model">;
  readonly environment: Environment;
  readonly commit?: Commit;
}

const TIMEOUT_MS = 60_000; // of a client: longer than the proxy's own
const LONGEST_CHARS = 50; // the tiny model reads bytes

/** Tries HAProxy's configuration on three servers. Returns whether no request failed. */
export async function proxyCheck(options: Options, { env, stop, stdout, stderr }: Surroundings): Promise<boolean> {
  const progress = (message: string) => void stderr.write(`${message}\n`);
  const { clients, pauseMs, model, modelsDir, restarts, calmMs, json } = options;
  progress("starting three servers and haproxy");
  await using fleet = await Fleet.start(
    {
      ...env,
      ONEPASS_MODELS_DIR: modelsDir,
      ONEPASS_MODELS: model,
      ONEPASS_FALLBACK_MODEL: "none",
      ONEPASS_THREADS: "1",
    },
    stop,
  );
  await using proxy = await startProxy(fleet.urls);
  await proxy.untilUp();
  const texts = SENTENCES.filter((text) => text.length <= LONGEST_CHARS);
  const bodies = texts.map((text) => JSON.stringify({ text, tasks: ["intent"] }));
  await using load = new SteadyLoad({ url: proxy.url, clients, pauseMs, bodies, timeoutMs: TIMEOUT_MS });
  const phases = await checkFleet(fleet, proxy, load, { restarts, calmMs }, progress);
  const commit = await currentCommit();
  const report: ProxyReport = {
    made: new Date().toISOString(),
    failed: phases.reduce((sum, phase) => sum + phase.failed, 0),
    answered: phases.reduce((sum, phase) => sum + phase.answered, 0),
    phases,
    servers: await proxy.stats(),
    plan: { restarts, calmMs, clients, pauseMs, model },
    environment: environment(),
    ...(commit && { commit }),
  };
  if (json !== undefined) await writeFile(json, readableJson(report));
  stdout.write(`${report.answered} answered, ${report.failed} failed\n`);
  return report.failed === 0;
}
