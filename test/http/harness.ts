import { Writable } from "node:stream";
import { pino } from "pino";
import supertest from "supertest";
import { ClassifyService } from "../../src/classify/service.js";
import { createApp } from "../../src/http/app.js";
import { fakePool } from "../classify/fakes.js";
import { holdToContract } from "./contract.js";

export const MAX_BODY_BYTES = 20_000;

/** The whole HTTP surface over fake engines, and what it logs. Every answer is held to `/openapi.json`. */
export async function harness(...pool: Parameters<typeof fakePool>) {
  const fake = await fakePool(...pool);
  const lifecycle = { draining: false };
  const log: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString());
      done();
    },
  });
  const logger = pino({ level: "debug" }, stream);
  const limits = { maxTexts: 4, maxTextChars: 1000, timeoutMs: 1000 };
  const service = new ClassifyService(fake.pool, fake.metrics, limits, () => undefined);
  const app = createApp({
    service,
    metrics: fake.metrics,
    logger,
    maxBodyBytes: MAX_BODY_BYTES,
    isDraining: () => lifecycle.draining,
  });
  holdToContract(app);
  return { ...fake, app, log, lifecycle, http: supertest(app) };
}
