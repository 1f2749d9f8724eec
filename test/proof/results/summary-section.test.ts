import { expect, test } from "vitest";
import { comparisons } from "../../../src/proof/results/scores.js";
import { summarySection } from "../../../src/proof/results/summary-section.js";
import { LOAD_TEST, ratioOf, record, RESULTS } from "./fixtures.js";

/** The lines under each of the three titles. */
function parts(summary: string): { loses: string; wins: string; open: string } {
  const [, loses = "", wins = "", open = ""] = summary.split(/\*\*Where [^*]+\*\*/);
  return { loses, wins, open };
}

test("the decoder loses where the whole interval of a paired difference is below nothing, and wins where it is above", () => {
  const accuracy = [
    record("single-pass", "massive", 0.6),
    record("dual-decoder", "massive", 0.3),
    record("dual-encoder", "massive", 0.9),
    record("joint-encoder", "massive", 0.6),
  ];
  const { loses, wins, open } = parts(summarySection(comparisons(accuracy), undefined));
  expect(loses).toMatch(/- `single-pass` against `dual-encoder`: intent −\d+\.\d \(−\d+\.\d to −\d+\.\d\), slot F1 −/);
  expect(wins).toMatch(
    /- `single-pass` against `dual-decoder`: intent \+\d+\.\d \(\+\d+\.\d to \+\d+\.\d\), slot F1 \+/,
  );
  expect(open).toContain("- `single-pass` against `joint-encoder`: intent 0.0 (0.0 to 0.0), slot F1 0.0 (0.0 to 0.0)");
  for (const part of [loses, wins, open]) expect(part.match(/^- /gm)).toHaveLength(1);
});

test("a time that is longer is a loss, and one whose interval holds 1 is neither", () => {
  const { loses, wins, open } = parts(summarySection({ pairs: [], refused: [] }, LOAD_TEST));
  expect(loses.trim()).toBe("- `single-pass` takes 2.35 times as long as `dual-encoder` (2.20 to 2.50), inference p50");
  expect(open.trim()).toBe(
    "- `single-pass` takes 1.01 times as long as `joint-encoder` (0.900 to 1.10), inference p50",
  );
  expect(wins.trim()).toBe("Nowhere in what was measured here."); // generate is the consolidated decoder itself
});

test("a model after the engine's name is the same kind of rival", () => {
  const ratios = {
    "single-pass/dual-encoder:roberta-base-int8": ratioOf(0.5, [0.4, 0.6], "dual-encoder:roberta-base-int8"),
  };
  const { wins } = parts(summarySection({ pairs: [], refused: [] }, { ...LOAD_TEST, ratios }));
  expect(wins).toContain("takes 0.500 times as long as `dual-encoder:roberta-base-int8`");
});

test("what nobody claims of the consolidated decoder is left to the tables", () => {
  const summary = summarySection(comparisons(RESULTS.accuracy), undefined);
  expect(summary).not.toContain("`joint-encoder` against");
  expect(summary).not.toContain("against `generate`");
});

test("where there is nothing to tell, that is told", () => {
  expect(summarySection({ pairs: [], refused: [] }, undefined)).toContain("Nothing was measured yet of both");
  const wins = [record("single-pass", "massive", 0.9), record("dual-decoder", "massive", 0.3)];
  const { loses, open } = parts(summarySection(comparisons(wins), undefined));
  expect(loses.trim()).toBe("Nowhere in what was measured here.");
  expect(open.trim()).toBe("Nowhere: every interval is on one side.");
});
