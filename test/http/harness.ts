import { Writable } from "node:stream";
import { pino } from "pino";
import supertest from "supertest";
import type { EnginePool } from "../../src/classify/pool.js";
import { ClassifyService } from "../../src/classify/service.js";
import { createApp, createOpsApp, type AppOptions } from "../../src/http/app.js";
import { fakePool, SETTINGS } from "../classify/fakes.js";
import { holdToContract } from "./contract.js";

export const MAX_BODY_BYTES = 20_000;

/** The whole HTTP surface over fake engines, and what it logs. Every answer is held to `/openapi.json`. */
export async function harness(...pool: Parameters<typeof fakePool>) {
  return harnessOver(await fakePool(...pool));
}

/** As `harness`, with something of the app as it is not by default: keys, limits, a port for operators. */
export async function harnessWith(change: Partial<AppOptions> | ((pool: EnginePool) => Partial<AppOptions>)) {
  const fake = await fakePool();
  return harnessOver(fake, typeof change === "function" ? change(fake.pool) : change);
}

function harnessOver(fake: Awaited<ReturnType<typeof fakePool>>, change: Partial<AppOptions> = {}) {
  const lifecycle = { draining: false };
  const log: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString());
      done();
    },
  });
  const logger = pino({ level: "debug" }, stream);
  const service = new ClassifyService(fake.pool, fake.metrics, SETTINGS);
  const options: AppOptions = {
    service,
    metrics: fake.metrics,
    logger,
    maxBodyBytes: MAX_BODY_BYTES,
    isDraining: () => lifecycle.draining,
    ...change,
  };
  const app = createApp(options);
  const opsApp = createOpsApp(options);
  if (!options.opsApart) holdToContract(app); // the document describes a server of one port
  return { ...fake, app, log, lifecycle, http: supertest(app), ops: supertest(opsApp) };
}
