import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { EnginePool } from "../../../src/classify/pool.js";
import { ClassifyService } from "../../../src/classify/service.js";
import { createApp } from "../../../src/http/app.js";
import { door } from "../../../src/http/door.js";
import { RefusalLog } from "../../../src/http/refusal-log.js";
import { Metrics } from "../../../src/metrics/metrics.js";
import { Scheduling, type SchedulingSettings } from "../../../src/scheduling/scheduling.js";
import { fakeBundle, FakeEngine, SETTINGS } from "../../classify/fakes.js";

const LONG_ENOUGH = { ...SETTINGS, timeoutMs: 60_000 };

/** The whole server over an engine that reads one text after the other, each in a time that is known. */
export async function timedServer(msEach: number, settings: SchedulingSettings) {
  const engine = new FakeEngine(fakeBundle("single-pass"));
  let turn = Promise.resolve();
  engine.before = () => (turn = turn.then(() => sleep(msEach)));
  const metrics = new Metrics();
  const scheduling = new Scheduling(settings, metrics);
  const pool = new EnginePool({ load: () => Promise.resolve([scheduling.over(engine)]), metrics });
  await pool.open({ bundles: [engine.bundle], faulty: [] });
  const logger = pino({ level: "silent" });
  const refusals = new RefusalLog(logger);
  const app = createApp({
    service: new ClassifyService(pool, metrics, LONG_ENOUGH),
    metrics,
    logger,
    maxBodyBytes: 20_000,
    isDraining: () => false,
    refusals,
  });
  const listener = door(app, { turnsAway: (now) => scheduling.turnsAway(now), metrics, refusals });
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    metrics,
    engine,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
