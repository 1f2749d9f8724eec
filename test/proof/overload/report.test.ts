import { describe, expect, test } from "vitest";
import { makeReport } from "../../../src/proof/overload/report.js";
import { overloadTable } from "../../../src/proof/overload/table.js";
import { blockOf, type Figures } from "./blocks.js";

const CONTEXT = {
  target: "single-pass of m@1.0.0",
  plan: { blockMs: 20_000, probeMs: 4_000, rounds: 2, factor: 4, seed: 1 },
  cores: { server: "1", load: "0" },
  environment: { node: "v20", platform: "linux-x64", cpu: "a cpu", cores: 2, memory_bytes: 1 },
  seconds: 7,
};

/** Two rounds, all alike but for what is given of the overload. */
function report(overload: Figures = {}, calibrations = new Array<number>(7).fill(20)) {
  const blocks = [0, 1].flatMap((round) => [
    blockOf("capacity", { round, rate: 100, errors: { overloaded: 1 } }),
    blockOf("usual", { round, rate: 90, ms: [10, 20] }),
    blockOf("overload", { round, rate: 95, ms: [30, 39], errors: { overloaded: 300 }, ...overload }),
  ]);
  return makeReport(blocks, calibrations, CONTEXT);
}

describe("the report", () => {
  test("a server that answers 95 % of its capacity within twice the usual time meets its targets", () => {
    const made = report({ megabytes: [100, 100, 101] });
    expect(made).toMatchObject({ goodput_ratio: 0.95, missed: [] });
    expect(made.p99_ratio).toBeCloseTo(1.95, 2);
    expect(made.memory?.ratio).toBe(1);
    expect(made.kinds.overload).toMatchObject({ sent: 604, answered: 4, refused: { overloaded: 600 } });
  });

  test.each([
    ["fewer answers than at capacity", { rate: 89 }, /goodput 0.89 < 0.9/],
    ["no answer at all in time", { rate: 0 }, /goodput 0 </],
    ["answers that come too late", { ms: [41, 41] }, /p99 2.05/],
    [
      "requests that failed in another way",
      { errors: { overloaded: 1, network: 2 } },
      /4 requests failed with network/,
    ],
  ])("%s is told", (_name, figures, missed) => {
    expect(report(figures).missed).toEqual([expect.stringMatching(missed)]);
  });

  test("memory that grew from the first overload to the last is told, with its slope", () => {
    const blocks = [
      ...(["capacity", "usual"] as const).map((kind) => blockOf(kind, {})),
      blockOf("overload", { ms: [10], megabytes: [90, 100, 100] }),
      blockOf("overload", { ms: [10], round: 1, megabytes: [100, 110, 110] }),
    ];
    const { memory, missed } = makeReport(blocks, [20, 20, 20, 20, 20], CONTEXT);
    expect(memory?.ratio).toBe(1.1);
    expect(memory?.slope_mb_per_minute).toBeGreaterThan(0);
    expect(missed).toEqual(["memory 1.1 > 1.05"]);
  });

  test("a round in which something else took the processors says so", () => {
    expect(report({}, [20, 20, 20, 20, 20, 40, 20]).rounds.map(({ disturbed }) => disturbed)).toEqual([false, true]);
  });

  test("requests that were still waited for at the end count as long as they waited", () => {
    const blocks = (["capacity", "usual", "overload"] as const).map((kind) => blockOf(kind, { ms: [10] }));
    blocks[2]!.loop.unfinished.push(9_000);
    expect(makeReport(blocks, [20, 20, 20, 20], CONTEXT).kinds.overload.p99_ms).toBeGreaterThan(8_900);
  });

  test("a kind that nothing answered to is no report", () => {
    expect(() => makeReport([blockOf("capacity", { ms: [] })], [20, 20], CONTEXT)).toThrow(RangeError);
  });
});

describe("the table", () => {
  test("shows every load, and what was met", () => {
    const table = overloadTable(report());
    expect(table).toContain("| 400 % | 190 | 95 | 99 % | 30.0 | 39.0 |");
    expect(table).toContain("| goodput / capacity | 0.95 | ≥ 0.9 | met |");
    expect(table).toContain("server on 1, load on 0");
  });

  test("says that it does not count where the load was late itself", () => {
    expect(overloadTable(report())).not.toContain("do not count");
    expect(overloadTable(report({ lag: 5 }))).toContain("do not count:** other work kept the load itself waiting (p99");
  });

  test("shows what was missed", () => {
    expect(overloadTable(report({ rate: 50 }))).toContain("| goodput / capacity | 0.50 | ≥ 0.9 | **missed** |");
  });
});
