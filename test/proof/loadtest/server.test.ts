import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ServerGoneError } from "../../../src/proof/loadtest/errors.js";
import { checkAlive, runningServer, startServer, untilLoaded } from "../../../src/proof/loadtest/server.js";
import { PACKAGE_ROOT } from "../../../src/package.js";
import { FakeServer } from "./fake-server.js";

const BUNDLE = "joint-en";
const never = new AbortController().signal;
/** As the load test's own environment, without the settings of whoever runs the tests. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ONEPASS_")));

let empty: string;
beforeAll(async () => (empty = await mkdtemp(join(tmpdir(), "onepass-empty-"))));
afterAll(() => rm(empty, { recursive: true }));

test("a server that can't start is told in its own words", async () => {
  const starting = startServer({ ...env, ONEPASS_THREADS: "many" });
  await expect(starting).rejects.toBeInstanceOf(ServerGoneError);
  await expect(starting).rejects.toThrow(
    /the server ended \(exit code 2\): .*ONEPASS_THREADS: must be a whole number/s,
  );
});

test("a server without models ends while they are waited for", async () => {
  const ended = async () => {
    await using server = await startServer({ ...env, ONEPASS_MODELS_DIR: empty });
    await untilLoaded(server, never);
  };
  await expect(ended()).rejects.toThrow(/the server ended \(exit code 1\): .*No model in/s);
});

test.skipIf(!existsSync(join(PACKAGE_ROOT, "models", BUNDLE)))(
  "a started server answers, tells its settings and its end, and ends with us",
  async () => {
    const settings = { ...env, ONEPASS_MODELS: BUNDLE, ONEPASS_THREADS: "1" };
    const first = await startServer(settings);
    await untilLoaded(first, never);
    await checkAlive(first);
    expect(first.settings).toEqual({ ONEPASS_THREADS: "1" });
    await first[Symbol.asyncDispose]();
    await expect(fetch(`${first.url}/livez`)).rejects.toThrow();
    expect(first.gone.reason).toBeInstanceOf(ServerGoneError);
    await expect(checkAlive(first)).rejects.toBeInstanceOf(ServerGoneError);
  },
);

test("a server of someone else is checked, and never stopped", async () => {
  await using fake = await FakeServer.start({ engine: "single-pass", name: "fake", delayMs: 0 });
  const server = runningServer(fake.url);
  await checkAlive(server);
  await server[Symbol.asyncDispose]();
  expect((await fetch(`${fake.url}/livez`)).ok).toBe(true);
  fake.die();
  await expect(checkAlive(server)).rejects.toThrow(/does not answer any more/);
});
