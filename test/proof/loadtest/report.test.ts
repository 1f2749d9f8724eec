import { expect, test } from "vitest";
import { sample, block } from "./blocks.js";
import { blocksOf, report } from "./reports.js";

const own = (label: string, made = report()) => made.targets.find((one) => one.label === label)!;

test("a report holds every block with its times, its calibration and its samples", () => {
  const { blocks } = report();
  expect(blocks).toHaveLength(36);
  expect(blocks[0]).toMatchObject({
    ...{ target: "single-pass", set: "eleven", round: 0, load: { clients: 1 }, per_second: 100, errors: {} },
    ...{ calibration_ms: [20, 20], disturbed: false },
    samples: { http: [14, 14, 14], inference: [10, 10, 10] },
  });
  expect(blocks[0]?.http?.p50).toBeCloseTo(14, 1);
  expect(blocks[2]).toMatchObject({ load: { percent: 50, offered_per_second: 12.5 } });
  expect(blocks[2]).not.toHaveProperty("samples");
});

test("ratios, capacity, two clients over one, tokens a second, the server's share", () => {
  const made = report();
  expect(made.ratios["single-pass/generate"]?.p50).toBe(0.1);
  expect(own("single-pass")).toMatchObject({
    capacity: { clients: 2, per_second: 140, tokens_per_second: { prompt: 1540, generated: 0 } },
    two_over_one: 1.4,
    server_share: { at: "50 % load", p50: 2, p99: 2 },
    accuracy: { intent: 0.87, slot_f1: 0.75 },
  });
  expect(own("generate")).not.toHaveProperty("accuracy");
});

test("without load the server's share is that of one client", () => {
  const closed = blocksOf().filter(({ load }) => load.kind === "closed");
  expect(own("single-pass", report({}, undefined, closed)).server_share?.at).toBe("1 client");
});

test("the stages of a request add up to what the client waits", () => {
  const [one] = own("single-pass").one_client;
  expect(one?.split_ms).toEqual({ tokenize: 1, queue: 0, inference: 10, decode: 0.5, server: 0.5, http: 2 });
});

test("the rate within 20 ms at p99 is the largest load that keeps it without a failure", () => {
  expect(own("single-pass").per_second_within_p99).toBe(10); // 110 % has 34 ms
  expect(own("generate")).not.toHaveProperty("per_second_within_p99");
  const failing = blocksOf();
  for (const { load, loop } of failing) if (load.kind === "open") loop.fail({ code: "busy", message: "" });
  expect(own("single-pass", report({}, undefined, failing))).not.toHaveProperty("per_second_within_p99");
});

test("requests that were given up count in the latency of their load", () => {
  const given = blocksOf();
  for (const { load, loop } of given) if (load.kind === "open") loop.unfinished.push(5_000, 5_000);
  const made = report({}, undefined, given);
  expect(made.blocks.find(({ load }) => "percent" in load)).toMatchObject({ unfinished: 2, http: { count: 4 } });
  const [half] = own("single-pass", made).loads;
  expect(half).toMatchObject({ percent: 50, unfinished: 6 });
  expect(half?.http?.p90).toBeGreaterThan(4_900);
});

test("disturbed blocks are flagged and the run says so", () => {
  const times = Array<number>(37).fill(20).with(1, 30);
  const made = report({}, times);
  expect(made.disturbance).toEqual({ factor: 1.3, fastest_ms: 20, blocks: 36, disturbed: 2 });
  expect(made.blocks.map(({ disturbed }) => disturbed)).toEqual([true, true, ...Array<boolean>(34).fill(false)]);
  expect(made.warnings[0]).toMatch(/^Disturbed: beside 2 of 36 blocks/);
  expect(report().warnings).toEqual([]);
});

test("a run that ended early is partial and says why", () => {
  expect(report({ failure: "the server ended" })).toMatchObject({ partial: true, failure: "the server ended" });
  expect(report()).not.toHaveProperty("partial");
});

test("too few rounds and prompts of another length are warned of", () => {
  const odd = [block("single-pass", [10]), block("generate", [100])];
  odd[0]!.loop.samples.push(sample(10, { promptTokens: 14 }));
  const { warnings } = report({}, undefined, odd);
  expect(warnings).toContainEqual(expect.stringMatching(/^Fewer than 3 rounds/));
  expect(warnings).toContainEqual('The prompts of the set "eleven" have 11 to 14 tokens here.');
});

test("a run that measured nothing is reported all the same", () => {
  expect(report({ failure: "interrupted" }, [], [])).toMatchObject({
    partial: true,
    blocks: [],
    targets: [],
    ratios: {},
  });
});
