import { expect, test } from "vitest";
import { requestBody } from "../../../src/proof/loadtest/answer.js";
import { closedLoop } from "../../../src/proof/loadtest/closed-loop.js";
import { FakeServer, targetOf, type FakeEngine } from "./fake-server.js";

const never = new AbortController().signal;
const nothing = (_fake: FakeServer): void => undefined;

async function measure(
  engine: Partial<FakeEngine>,
  { clients = 1, answersEach = 5, mostMs = 60_000, signal = never, onRequest = nothing } = {},
) {
  const only = { engine: "single-pass", name: "fake", delayMs: 0, ...engine };
  await using fake = await FakeServer.start(only);
  fake.onRequest = () => {
    onRequest(fake);
  };
  const target = targetOf(only);
  const texts = (client: number) => ["a", "b"].map((text) => requestBody(`${text}${client}`, ["intent"], target));
  const bodies = Array.from({ length: clients }, (_, client) => texts(client));
  const block = { url: fake.url, target, bodies, answersEach, mostMs, timeoutMs: 5_000 };
  return { loop: await closedLoop(block, signal), fake };
}

test("a client asks again when it is answered, and its first answer is not measured", async () => {
  const { loop, fake } = await measure({ delayMs: 20, generatedTokens: 4 });
  expect(fake.asked.map(({ text }) => text)).toEqual(["a0", "b0", "a0", "b0", "a0", "b0"]);
  expect(fake.asked[0]).toMatchObject({
    tasks: ["intent"],
    engine: "single-pass",
    model: "fake@1.0.0",
    fallback: false,
  });
  expect(fake.mostInFlight).toBe(1);
  expect(loop.samples).toHaveLength(5);
  for (const { http, inference, total, generatedTokens } of loop.samples) {
    expect(http).toBeGreaterThan(19);
    expect([inference, generatedTokens]).toEqual([20, 4]);
    expect(total).toBeGreaterThanOrEqual(21);
  }
  expect(loop.rate).toBeLessThan(1000 / 19);
  expect(loop.rate).toBeGreaterThan(1);
});

test("every client has one request under way and texts of its own", async () => {
  const { loop, fake } = await measure({ delayMs: 15 }, { clients: 4, answersEach: 3 });
  expect(fake.mostInFlight).toBe(4);
  expect(fake.asked).toHaveLength(4 * 4);
  expect(new Set(fake.asked.slice(0, 4).map(({ text }) => text))).toEqual(new Set(["a0", "a1", "a2", "a3"]));
  expect(loop.samples).toHaveLength(4 * 3);
  // The server answers one after the other: four clients wait four times as long and are answered no more often.
  expect(Math.max(...loop.samples.map(({ http }) => http))).toBeGreaterThan(4 * 14);
  expect(loop.rate).toBeLessThan(1000 / 14);
});

test.each([
  ["a refusal", { refuses: 503 }, { busy: 6 }],
  ["an answer of another engine", { impostor: "dual-encoder" }, { wrong_answer: 6 }],
])("%s is an error, not a sample", async (_name, engine, errors) => {
  const { loop } = await measure(engine);
  expect(loop.errors).toEqual(errors);
  expect(loop.samples).toEqual([]);
  expect(loop.rate).toBe(0);
});

test("a server that dies ends the block with errors of the network", async () => {
  const onRequest = (fake: FakeServer) => {
    if (fake.asked.length === 3) fake.die();
  };
  const { loop } = await measure({}, { answersEach: 1_000, onRequest });
  expect(loop.samples.length).toBeLessThan(3);
  expect(loop.errors.network).toBeGreaterThan(0);
});

test("a block that takes too long is cut, and says so", async () => {
  const { loop } = await measure({ delayMs: 40 }, { answersEach: 1_000, mostMs: 300 });
  expect(loop.cut).toBe(true);
  expect(loop.samples.length).toBeLessThan(20);
});

test("an abort ends the block", async () => {
  const stop = new AbortController();
  const onRequest = () => {
    stop.abort();
  };
  const { loop } = await measure({ delayMs: 10 }, { answersEach: 100_000, signal: stop.signal, onRequest });
  expect(loop.samples.length).toBeLessThan(1_000);
});
