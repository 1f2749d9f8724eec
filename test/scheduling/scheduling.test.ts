import { describe, expect, test, vi } from "vitest";
import { Metrics } from "../../src/metrics/metrics.js";
import { Scheduling } from "../../src/scheduling/scheduling.js";
import { prepareText } from "../../src/text/prepare.js";
import { fakeBundle, FakeEngine } from "../classify/fakes.js";

const SETTINGS = { queueRequests: 1, queueTokens: 1000, cacheBytes: 0 };
const PLACES = 4; // of an engine that does not say

function open(settings = SETTINGS) {
  const metrics = new Metrics();
  const scheduling = new Scheduling(settings, metrics);
  const put = (model: Parameters<typeof fakeBundle>[0]) => {
    const inner = new FakeEngine(fakeBundle(model));
    const engine = scheduling.over(inner);
    const leaver = new AbortController();
    const ask = (text = "nine") =>
      engine.score(
        [{ text: prepareText(text, { nfkc: true, lowercase: true }), truncate: false, field: "text" }],
        ["intent"],
        leaver.signal,
      );
    const fill = () => {
      let end!: () => void;
      const held = new Promise<void>((resolve) => (end = resolve));
      inner.before = () => held;
      const answers = Promise.allSettled(
        Array.from({ length: PLACES + settings.queueRequests }, (_, i) => ask(`${i}`)),
      );
      return async () => {
        end();
        await answers;
      };
    };
    return { inner, engine, ask, fill, leaver };
  };
  return { metrics, scheduling, put };
}

describe("the door", () => {
  test("is open while nothing has been asked, and while a queue has room", async () => {
    const { scheduling, put } = open();
    const { ask } = put("single-pass");
    expect(scheduling.turnsAway(performance.now())).toBeUndefined();
    await ask();
    expect(scheduling.turnsAway(performance.now())).toBeUndefined();
  });

  test("is shut when the engine that is asked is full, and opens when it has room again", async () => {
    const { scheduling, put } = open();
    const empty = put("single-pass").fill();
    expect(scheduling.turnsAway(performance.now())).toBeGreaterThanOrEqual(0);
    await empty();
    expect(scheduling.turnsAway(performance.now())).toBeUndefined();
  });

  test("is open with a cache, which may know the answer", async () => {
    const { scheduling, put } = open({ ...SETTINGS, cacheBytes: 1_000_000 });
    const empty = put("single-pass").fill();
    expect(scheduling.turnsAway(performance.now())).toBeUndefined();
    await empty();
  });

  test("is open when another engine that is in use has room, and shut when that has been idle for a while", async () => {
    const { scheduling, put } = open();
    const [full, other] = [put("single-pass"), put("dual-encoder")];
    const empty = full.fill();
    await other.ask();
    expect(scheduling.turnsAway(performance.now())).toBeUndefined();
    const later = performance.now() + 2_000;
    const clock = vi.spyOn(performance, "now").mockReturnValue(later);
    await expect(full.ask()).rejects.toMatchObject({ code: "overloaded" });
    expect(scheduling.turnsAway(later)).toBeGreaterThanOrEqual(0);
    clock.mockRestore();
    await empty();
  });

  test("lets one in thirty-two through, which may ask an engine that nobody has asked lately", async () => {
    const { scheduling, put } = open();
    const empty = put("single-pass").fill();
    const outcomes = Array.from({ length: 64 }, () => scheduling.turnsAway(performance.now()));
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(2);
    await empty();
  });

  test("knows no engine any more that has been closed", async () => {
    const { scheduling, put, metrics } = open();
    const { fill, engine } = put("single-pass");
    const empty = fill();
    await Promise.all([empty(), engine[Symbol.asyncDispose]()]);
    expect(scheduling.turnsAway(performance.now())).toBeUndefined();
    expect(await metrics.registry.metrics()).not.toContain("onepass_queue_requests{");
  });
});

describe("what is measured", () => {
  const LABELS = 'model="single-pass@1.0.0",engine="single-pass"';

  test("shows what waits and runs, and nothing when all is answered or gone", async () => {
    const { put, metrics } = open();
    const { fill, ask } = put("single-pass");
    const empty = fill();
    await expect(ask()).rejects.toMatchObject({ status: 429 });
    const during = (await metrics.registry.metrics()).split("\n");
    expect(during).toEqual(
      expect.arrayContaining([
        `onepass_queue_requests{${LABELS}} 1`,
        `onepass_queue_tokens{${LABELS}} 4`,
        `onepass_queue_max_requests{${LABELS}} 1`,
        `onepass_running_texts{${LABELS}} 4`,
        `onepass_refused_total{${LABELS},reason="requests"} 1`,
      ]),
    );
    await empty();
    const after = (await metrics.registry.metrics()).split("\n");
    expect(after).toEqual(
      expect.arrayContaining([
        `onepass_queue_requests{${LABELS}} 0`,
        `onepass_queue_tokens{${LABELS}} 0`,
        `onepass_running_texts{${LABELS}} 0`,
      ]),
    );
  });

  test("goes back to zero when everybody leaves", async () => {
    const { put, metrics } = open();
    const { fill, leaver } = put("single-pass");
    const empty = fill();
    leaver.abort(new Error("gone"));
    expect(await metrics.registry.metrics()).toContain(`onepass_queue_requests{${LABELS}} 0`);
    await empty();
    expect(await metrics.registry.metrics()).toContain(`onepass_running_texts{${LABELS}} 0`);
  });

  test("shows the cache when there is one", async () => {
    const { put, metrics } = open({ ...SETTINGS, cacheBytes: 100_000 });
    const { ask, inner } = put("single-pass");
    await ask();
    await ask();
    expect(inner.calls).toHaveLength(1);
    const text = await metrics.registry.metrics();
    expect(text).toContain('onepass_cache_lookups_total{result="hit"} 1');
    expect(text).toContain('onepass_cache_lookups_total{result="miss"} 1');
    expect(text).toMatch(/^onepass_cache_bytes [1-9]\d+$/m);
  });
});
