import { expect, test } from "vitest";
import { results } from "../../src/cli/results.js";

test("without options everything is measured, from and into the usual folders", () => {
  expect(results.parse([])).toEqual({ data: "../shared/data", out: "docs/results", render: false });
});

test("all of them", () => {
  const line = "--data d --out o --only generate,dual-decoder --sets massive --sample 5 --limit 7 --render";
  expect(results.parse(line.split(" "))).toEqual({
    data: "d",
    out: "o",
    only: ["generate", "dual-decoder"],
    sets: ["massive"],
    sample: 5,
    limit: 7,
    render: true,
  });
  expect(results.parse(["--help"])).toBe("help");
});

test.each([
  ["--nonsense", "--nonsense"],
  ["--only gpt", '--only: "gpt" is unknown; known are single-pass, generate'],
  ["--sets snips", '--sets: "snips" is unknown; known are massive, newsgroups'],
  ["--sample 0", "--sample"],
  ["--limit 1.5 --out o", "--limit"],
  ["--limit 5", "no whole result is overwritten"],
])("%s is refused", (line, message) => {
  expect(() => results.parse(line.split(" "))).toThrow(message);
});
