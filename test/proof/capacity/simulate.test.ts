import { expect, test } from "vitest";
import { simulate, type FleetModel, type Job } from "../../../src/proof/capacity/simulate.js";
import { seeded } from "../../../src/statistics/random.js";
import { arrivals } from "../../../src/proof/loadtest/open-loop.js";
import { mean } from "../../../src/proof/loadtest/statistics.js";

const OWN = { slots: 1, cores: Infinity };
const jobs = (...all: [at: number, serviceMs: number][]): Job[] => all.map(([at, serviceMs]) => ({ at, serviceMs }));

test.each<[string, Partial<FleetModel>, Job[], number[]]>([
  ["one replica answers in turn", {}, jobs([0, 10], [1, 10], [2, 10]), [10, 19, 28]],
  [
    "a second replica takes what the first would make wait",
    { replicas: 2 },
    jobs([0, 10], [1, 10], [2, 10]),
    [10, 10, 18],
  ],
  ["slots of a replica run side by side", { slots: 2 }, jobs([0, 10], [1, 10], [2, 10]), [10, 10, 18]],
  [
    "the replica with the fewest to answer is chosen",
    { replicas: 2 },
    jobs([0, 100], [1, 5], [10, 5], [20, 5]),
    [100, 5, 5, 5],
  ],
  ["waiting counts as outstanding", { replicas: 2 }, jobs([0, 50], [0, 60], [1, 50], [2, 10]), [50, 60, 99, 68]],
  ["who has ended in the moment of an arrival is free", {}, jobs([0, 10], [10, 10]), [10, 10]],
  ["two on one shared core take twice as long", { replicas: 2, cores: 1 }, jobs([0, 10], [0, 10]), [20, 20]],
  ["a shared core is alone again when one has ended", { replicas: 2, cores: 1 }, jobs([0, 10], [5, 10]), [15, 15]],
  ["shared cores that suffice slow nobody", { replicas: 2, cores: 2 }, jobs([0, 10], [5, 10]), [10, 10]],
  ["three on two cores run at two thirds", { replicas: 3, cores: 2 }, jobs([0, 10], [0, 10], [0, 10]), [15, 15, 15]],
])("%s", (_name, fleet, all, expected) => {
  const latencies = [...simulate({ replicas: 1, ...OWN, ...fleet }, all)];
  expect(latencies.map((ms) => Math.round(ms * 1e6) / 1e6)).toEqual(expected);
});

/** Poisson arrivals and exponential times: what queueing theory knows in closed form. */
function markov(replicas: number, load: number, count = 200_000): { fleet: FleetModel; all: Job[] } {
  const random = seeded(5);
  const times = arrivals((1000 / 10) * load * replicas, Infinity, count, random);
  const all = times.map((at) => ({ at, serviceMs: -10 * Math.log(1 - random()) }));
  return { fleet: { replicas: 1, slots: replicas, cores: Infinity }, all };
}

test.each([0.5, 0.8])("one server at a load of %d waits as M/M/1 says", (load) => {
  const { fleet, all } = markov(1, load);
  expect(mean([...simulate(fleet, all)]) / (10 / (1 - load))).toBeCloseTo(1, 1);
});

test("four slots with one queue wait as M/M/4 says (Erlang's C)", () => {
  const { fleet, all } = markov(4, 0.8);
  const offered = 3.2;
  const terms = [1, offered, offered ** 2 / 2, offered ** 3 / 6];
  const last = offered ** 4 / 24 / (1 - 0.8);
  const waits = last / (terms.reduce((sum, term) => sum + term) + last);
  expect(mean([...simulate(fleet, all)]) / (10 + (waits * 10) / (4 - offered))).toBeCloseTo(1, 1);
});

test("least outstanding is nearly as good as one queue, and far better than queues apart", () => {
  const { all } = markov(4, 0.8, 60_000);
  const [one, least, apart] = [
    simulate({ replicas: 1, slots: 4, cores: Infinity }, all),
    simulate({ replicas: 4, slots: 1, cores: Infinity }, all),
    simulate(
      { replicas: 1, ...OWN },
      all.map(({ at, serviceMs }) => ({ at: at * 4, serviceMs })),
    ),
  ].map((latencies) => mean([...latencies]));
  expect(least! / one!).toBeGreaterThan(1);
  expect(least! / one!).toBeLessThan(1.35);
  expect(apart! / least!).toBeGreaterThan(1.8);
});
