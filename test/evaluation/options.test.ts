import { describe, expect, test } from "vitest";
import { parseOptions } from "../../src/evaluation/options.js";
import { parseThresholds, shortfalls } from "../../src/evaluation/thresholds.js";

const given = ["--bundle", "models/a", "--data", "a.jsonl"];

describe("options", () => {
  test("all of them", () => {
    const all =
      "--data b.jsonl.gz --engine single-pass --tasks intent,slots --limit 5 --cut last-tenth --strip-headers";
    const rest = "--sample 9 --seed 3 --perturb typos --json out.json --outcomes --fail-under intent=95,f1=90.5";
    expect(parseOptions([...given, ...all.split(" "), ...rest.split(" ")])).toEqual({
      bundle: "models/a",
      data: ["a.jsonl", "b.jsonl.gz"],
      engine: "single-pass",
      tasks: ["intent", "slots"],
      limit: 5,
      sample: { size: 9, seed: 3 },
      cut: true,
      stripHeaders: true,
      perturb: "typos",
      json: "out.json",
      outcomes: true,
      thresholds: new Map([
        ["intent", 95],
        ["f1", 90.5],
      ]),
    });
  });

  test("none but the needed ones", () => {
    expect(parseOptions(given)).toEqual({
      bundle: "models/a",
      data: ["a.jsonl"],
      cut: false,
      stripHeaders: false,
      outcomes: false,
      thresholds: new Map(),
    });
  });

  test("a sample has a seed of its own when none is given", () => {
    expect(parseOptions([...given, "--sample", "9"])).toMatchObject({ sample: { size: 9, seed: 0 } });
  });

  test("help needs nothing else", () => {
    expect(parseOptions(["--help"])).toBe("help");
  });

  test.each([
    ["--data a.jsonl", "--bundle is missing"],
    ["--bundle a", "--data is missing"],
    ["--bundle a --data b --nonsense", "--nonsense"],
    ["--bundle a --data b c", "c"],
    ["--bundle a --data b --tasks intent,mood", '--tasks: "mood" is unknown; known are intent, slots, topic'],
    ["--bundle a --data b --engine llama", '--engine: "llama" is unknown; known are single-pass'],
    ["--bundle a --data b --limit 0", "--limit"],
    ["--bundle a --data b --limit 1e3", "--limit"],
    ["--bundle a --data b --sample none", "--sample"],
    ["--bundle a --data b --sample 5 --seed -1", "--seed"],
    ["--bundle a --data b --sample 5 --seed 4294967296", "--seed"],
    ["--bundle a --data b --seed 5", "--seed: needs --sample N"],
    ["--bundle a --data b --outcomes", "--outcomes: needs --json FILE"],
    ["--bundle a --data b --cut first-half", "--cut"],
    ["--bundle a --data b --perturb zalgo", "--perturb"],
    ["--bundle a --data b --fail-under wit=3", '--fail-under: unknown score "wit"'],
    ["--bundle a --data b --fail-under f1", "as in f1=90"],
    ["--bundle a --data b --fail-under f1=900", "0 to 100"],
    ["--bundle a --data b --fail-under toString=1", "unknown score"],
  ])("%s is refused", (line, message) => {
    expect(() => parseOptions(line.split(" "))).toThrow(message);
  });
});

describe("thresholds", () => {
  const ci95 = [0, 1] as const;
  const eces = { ece: 0, ece_as_served: 0 };
  const a = { file: "a", intent: { accuracy: 0.29, ci95, ...eces }, exact_match: 0.5 };
  const b = {
    file: "b",
    slots: { precision: 1, recall: 1, f1: 0.8, ci95, ...eces },
    topic: { accuracy: 0.6, groups_accuracy: 0.7, ci95, ...eces },
  };
  test.each([
    ["intent=29", []], // 100 · 0.29 is 28.999…
    ["intent=29.1", ["intent: 29.00 is under 29.1 in a"]],
    ["f1=80,exact=51", ["exact: 50.00 is under 51 in a"]],
    ["topic=61,groups=71", ["topic: 60.00 is under 61 in b", "groups: 70.00 is under 71 in b"]],
    ["f1=80", []], // a has no slots: it is not held to them
  ])("%s", (list, expected) => {
    expect(shortfalls([a, b], parseThresholds(list))).toEqual(expected);
  });

  test("a score that was not measured falls short", () => {
    expect(shortfalls([a], parseThresholds("f1=1"))).toEqual(["f1: not measured, required 1"]);
  });
});
