import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/cli/evaluate.js";

const given = ["--bundle", "models/a", "--data", "a.jsonl"];

describe("options", () => {
  test("all of them", () => {
    const all =
      "--data b.jsonl.gz --engine single-pass --tasks intent,slots --limit 5 --cut last-tenth --strip-headers";
    const rest = "--sample 9 --seed 3 --perturb typos --json out.json --outcomes --fail-under intent=95,f1=90.5";
    expect(evaluate.parse([...given, ...all.split(" "), ...rest.split(" ")])).toEqual({
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
    expect(evaluate.parse(given)).toEqual({
      bundle: "models/a",
      data: ["a.jsonl"],
      cut: false,
      stripHeaders: false,
      outcomes: false,
      thresholds: new Map(),
    });
  });

  test("a sample has a seed of its own when none is given", () => {
    expect(evaluate.parse([...given, "--sample", "9"])).toMatchObject({ sample: { size: 9, seed: 0 } });
  });

  test("help needs nothing else", () => {
    expect(evaluate.parse(["--help"])).toBe("help");
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
    expect(() => evaluate.parse(line.split(" "))).toThrow(message);
  });
});
