import type { RequestListener } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { SteadyLoad } from "../../../src/proof/fleet/steady-load.js";
import { answers, answersAfter, dies, fakeServer, refuses } from "./fakes.js";

async function load(server: RequestListener, change: object = {}) {
  await using fake = await fakeServer(server);
  const steady = new SteadyLoad({
    ...{ url: fake.url, clients: 2, pauseMs: 5, bodies: ["{}"], timeoutMs: 5_000 },
    ...change,
  });
  await sleep(300);
  await steady[Symbol.asyncDispose]();
  return { ...steady.look(), asked: fake.asked, steady };
}

test("every request is counted once, also the last ones", async () => {
  const { answered, failed, asked, steady } = await load(answersAfter(20));
  expect(answered).toBeGreaterThan(2);
  expect([answered, failed]).toEqual([asked, 0]);
  expect(steady.look().answered).toBe(0); // what was looked at is not counted again
});

test("clients pause between their requests", async () => {
  expect((await load(answers, { pauseMs: 100 })).asked).toBeLessThanOrEqual(2 * 4);
});

test.each([
  ["a refusal", refuses(503), /^503: /],
  ["a connection that ends", dies, /socket hang up|ECONNRESET/],
  ["an answer that is none", (_req, res) => void res.end('{"inte'), /^200: /],
])("%s is a failure, is not tried again and is told", async (_name, server, fault) => {
  const { answered, failed, faults, asked } = await load(server);
  expect([answered, failed]).toEqual([0, asked]);
  expect(faults[0]).toMatch(fault);
  expect(faults.length).toBeLessThanOrEqual(5);
});

test("an answer that does not come in time is a failure", async () => {
  const { faults } = await load(() => undefined, { timeoutMs: 50 });
  expect(faults[0]).toMatch(/abort/i);
});
