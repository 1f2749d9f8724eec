import { describe, expect, test } from "vitest";
import { seeded } from "../../../src/statistics/random.js";
import { requestBody } from "../../../src/proof/loadtest/answer.js";
import { arrivals, openLoop } from "../../../src/proof/loadtest/open-loop.js";
import { FakeServer, targetOf, type FakeEngine } from "./fake-server.js";

const never = new AbortController().signal;
const nothing = (_fake: FakeServer): void => undefined;

describe("arrivals", () => {
  const times = arrivals(100, 60_000, 1e6, seeded(5));

  test("come as often as asked for, with the scatter of a Poisson process", () => {
    const gaps = times.map((at, i) => at - (times[i - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(times.length).toBeGreaterThan(5_600); // 6,000, five standard deviations of 77
    expect(times.length).toBeLessThan(6_400);
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1); // an even beat would have 0
  });

  test("are in order, end in time and are the same for the same seed", () => {
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(60_000);
    expect(arrivals(100, 60_000, 1e6, seeded(5))).toEqual(times);
    expect(arrivals(100, 60_000, 1e6, seeded(6))).not.toEqual(times);
  });

  test("are bounded in number", () => {
    expect(arrivals(100, 60_000, 7, seeded(5))).toEqual(times.slice(0, 7));
  });

  test("keep their pattern at another rate", () => {
    const slower = arrivals(50, 60_000, 10, seeded(5));
    slower.forEach((at, i) => {
      expect(at).toBeCloseTo(2 * times[i]!);
    });
  });
});

describe("open loop", () => {
  /**
   * A block against a server with one engine. `onRequest` is called from the second request on: the first is not
   * measured.
   */
  async function measure(
    engine: Partial<FakeEngine>,
    times: number[],
    { onRequest = nothing, drainMs = 20_000, mostInFlight = 1000, signal = never } = {},
  ) {
    const only = { engine: "single-pass", name: "fake", delayMs: 0, ...engine };
    await using fake = await FakeServer.start(only);
    fake.onRequest = () => {
      if (fake.asked.length > 1) onRequest(fake);
    };
    const target = targetOf(only);
    const bodies = ["a", "b", "c"].map((text) => requestBody(text, ["intent"], target));
    const block = { url: fake.url, target, bodies, times, drainMs, mostInFlight };
    const loop = await openLoop(block, signal);
    return { loop, fake };
  }

  // Retried: real time, on a machine that does other things too.
  test("requests are sent on time though those before are not answered", { retry: 2 }, async () => {
    const delayMs = 60;
    const { loop, fake } = await measure({ delayMs }, [0, 5, 10, 15, 20]);
    expect(fake.mostInFlight).toBe(5);
    const latencies = loop.samples.map(({ http }) => http);
    expect(latencies).toHaveLength(5);
    // One after the other: the fifth, sent at 20 ms, is answered at 300 ms. Counted from the answer before, all would be 60.
    latencies.forEach((ms, i) => {
      expect(ms).toBeGreaterThan((i + 1) * delayMs - i * 5 - 5);
    });
    expect(loop.samples[4]!.inference).toBe(delayMs);
  });

  test("latency counts from the time that was planned, however late the client is", async () => {
    const busy = (ms: number) => {
      const until = performance.now() + ms;
      while (performance.now() < until);
    };
    // The fake server runs in this process: while it is busy at the first request, the second one's time passes.
    const onRequest = (fake: FakeServer) => {
      if (fake.asked.length === 2) busy(250);
    };
    const { loop } = await measure({}, [0, 60], { onRequest });
    expect(loop.lags[1]).toBeGreaterThan(100);
    expect(loop.samples.map(({ http }) => http).sort((a, b) => a - b)[0]).toBeGreaterThan(100);
  });

  test("what is unanswered at the end counts with the time that it has been waited for", async () => {
    const { loop } = await measure({ delayMs: 1_500 }, [0, 10], { drainMs: 200 });
    expect(loop.samples).toHaveLength(0);
    expect(loop.unfinished).toHaveLength(2);
    expect(Math.min(...loop.unfinished)).toBeGreaterThan(190);
    expect(loop.failed).toBe(0);
  });

  test("refusals are counted by their code", async () => {
    const { loop } = await measure({ refuses: 503 }, [0, 1, 2]);
    expect(loop.errors).toEqual({ busy: 3 });
    expect(loop.fault?.message).toBe("Come back later.");
    expect(loop.samples).toEqual([]);
  });

  test("a server that dies fails the rest and does not hold up the end", async () => {
    const onRequest = (fake: FakeServer) => {
      if (fake.asked.length === 3) fake.die();
    };
    const { loop } = await measure({}, [0, 50, 100, 150, 200], { onRequest });
    expect(loop.samples.length).toBeLessThan(3);
    expect(loop.errors.network).toBeGreaterThan(2);
  });

  test("arrivals beyond the bound of requests under way are not sent, and counted", async () => {
    const { loop, fake } = await measure({ delayMs: 100 }, [0, 1, 2, 3, 4], { mostInFlight: 2 });
    expect(loop.errors).toEqual({ too_many_in_flight: 3 });
    expect(fake.asked).toHaveLength(1 + 2);
  });

  test("the texts are sent one after the other, from the beginning again", async () => {
    const { fake } = await measure({}, [0, 30, 60, 90]);
    expect(fake.asked.slice(1).map(({ text }) => text)).toEqual(["a", "b", "c", "a"]);
  });

  test("an abort ends the block", async () => {
    const stop = new AbortController();
    const onRequest = () => {
      stop.abort();
    };
    const startedAt = performance.now();
    const { loop } = await measure({ delayMs: 20 }, [0, 60_000], { onRequest, signal: stop.signal });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(loop.samples.length + loop.unfinished.length).toBe(1);
  });
});
