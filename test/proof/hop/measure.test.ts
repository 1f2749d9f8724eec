import { expect, test } from "vitest";
import { measureHop, summarise } from "../../../src/proof/hop/measure.js";
import { fakeBundle, FakeEngine } from "../../classify/fakes.js";

/** Takes so many milliseconds, by the clock of timers. */
function slow(ms: number): FakeEngine {
  const engine = new FakeEngine(fakeBundle("single-pass"));
  engine.before = () => new Promise((resolve) => setTimeout(resolve, ms));
  return engine;
}

test("the hop is the median of the differences, not the difference of the medians", () => {
  const report = summarise([
    [1, 1.2],
    [10, 10.3],
    [100, 104],
    [5, 5.25],
    [2, 2.1],
  ]);
  expect(report).toMatchObject({ requests: 5, hop_ms: 0.25, in_process: { p50: 5 }, worker: { p50: 5.25 } });
  expect(report.hop_ci95[0]).toBeGreaterThanOrEqual(0.1);
  expect(report.hop_ci95[1]).toBeLessThanOrEqual(4);
});

test("both engines get the same texts in turns, and what warms them up is not counted", async () => {
  const [here, there] = [slow(0), slow(20)];
  const report = await measureHop(here, there, ["a", "b"], 4);
  expect(report.requests).toBe(4);
  expect(here.calls.map(({ texts }) => texts)).toEqual(there.calls.map(({ texts }) => texts));
  expect(here.calls).toHaveLength(8);
  expect(report.hop_ms).toBeGreaterThan(10);
});
