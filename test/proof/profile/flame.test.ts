import type { Profiler } from "node:inspector";
import { describe, expect, test } from "vitest";
import { cutProfile, flameOf, functionsOf, ownersOf } from "../../../src/proof/profile/flame.js";

const node = (id: number, functionName: string, url = "", children: number[] = [], lineNumber = 9) => ({
  id,
  callFrame: { functionName, url, scriptId: "0", lineNumber, columnNumber: 0 },
  children,
});

/** handle (own 10 µs) calls parse (40 µs) and, as another caller does, write (20 µs + 5 µs); 25 µs of waiting. */
const profile: Profiler.Profile = {
  nodes: [
    node(1, "(root)", "", [2, 3, 4]),
    node(2, "(idle)"),
    node(3, "handle", "file:///home/me/onepass/dist/src/http/app.js", [5, 6]),
    node(4, "onTick", "node:internal/process", [7]),
    node(5, "write", "node:net"),
    node(6, "parse", "file:///x/node_modules/@scope/parser/lib/a%20b.js"),
    node(7, "write", "node:net"),
    node(8, "never", "file:///x/src/never.js"),
  ],
  startTime: 1000,
  endTime: 1100,
  samples: [3, 2, 6, 5, 7, 6],
  timeDeltas: [10, 25, 30, 20, 5, 10],
};

describe("flameOf", () => {
  test("puts what was called under its caller, as wide as its time, the largest first", () => {
    const { frames } = flameOf(profile, 0);
    expect(frames.map(({ name, depth, start, total, self }) => [name, depth, start, total, self])).toEqual([
      ["handle", 0, 0, 70, 10],
      ["parse", 1, 0, 40, 40],
      ["write", 1, 40, 20, 20],
      ["onTick", 0, 70, 5, 0],
      ["write", 1, 70, 5, 5],
    ]);
  });

  test("leaves waiting out of the graph and tells it apart", () => {
    expect(flameOf(profile, 0)).toMatchObject({ busy: 75, idle: 25 });
  });

  test("leaves out what is too thin to see", () => {
    expect(flameOf(profile, 0.1).frames.map(({ name }) => name)).toEqual(["handle", "parse", "write"]);
  });

  test("tells who wrote a function, and where", () => {
    const { frames } = flameOf(profile, 0);
    expect(frames.slice(0, 3).map(({ owner, place }) => [owner, place])).toEqual([
      ["onepass", "src/http/app.js:10"],
      ["@scope/parser", "@scope/parser/lib/a b.js:10"],
      ["node", "node:net:10"],
    ]);
  });

  test("draws nothing of a profile without samples", () => {
    expect(flameOf({ ...profile, samples: [], timeDeltas: [] }, 0)).toEqual({ frames: [], busy: 0, idle: 0 });
  });
});

test("own time is summed over callers", () => {
  const flame = flameOf(profile, 0);
  expect(ownersOf(flame)).toEqual([
    ["@scope/parser", 40],
    ["node", 25],
    ["onepass", 10],
  ]);
  expect(functionsOf(flame)).toContainEqual(["write · node:net:10", 25]);
});

test("a cut profile holds the samples of its time, both ends included", () => {
  const cut = cutProfile(profile, 1035, 1085);
  expect(cut.samples).toEqual([2, 6, 5]);
  expect(cut.timeDeltas).toEqual([25, 30, 20]);
  expect(flameOf(cut, 0)).toMatchObject({ busy: 50, idle: 25 });
});
