import { expect, test } from "vitest";
import { parseOptions } from "../../src/results/options.js";

test("without options everything is measured, from and into the usual folders", () => {
  expect(parseOptions([])).toEqual({ data: "../shared/data", out: "docs/results", render: false });
});

test("all of them", () => {
  const line = "--data d --out o --only generate,dual-decoder --sets massive --sample 5 --limit 7 --render";
  expect(parseOptions(line.split(" "))).toEqual({
    data: "d",
    out: "o",
    only: ["generate", "dual-decoder"],
    sets: ["massive"],
    sample: 5,
    limit: 7,
    render: true,
  });
  expect(parseOptions(["--help"])).toBe("help");
});

test.each([
  ["--nonsense", "--nonsense"],
  ["--only gpt", '--only: "gpt" is unknown; known are single-pass, generate'],
  ["--sets snips", '--sets: "snips" is unknown; known are massive, newsgroups'],
  ["--sample 0", "--sample"],
  ["--limit 1.5 --out o", "--limit"],
  ["--limit 5", "no whole result is overwritten"],
])("%s is refused", (line, message) => {
  expect(() => parseOptions(line.split(" "))).toThrow(message);
});
