import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../../src/package.js";
import { renderPage } from "../../../src/proof/results/page.js";
import { Store } from "../../../src/proof/results/store.js";
import { checkNumbers, rowsOf } from "./check-page.js";
import { LOAD_TEST, memoryRecord, record, RESULTS } from "./fixtures.js";

const COMMITTED = join(PACKAGE_ROOT, "docs/results");

describe.skipIf(!existsSync(`${COMMITTED}.md`))("the page of the repository", () => {
  test("is what its JSON files give; `npm run results -- --render` writes it", async () => {
    expect(readFileSync(`${COMMITTED}.md`, "utf8")).toBe(renderPage(await new Store(COMMITTED).all()));
  });

  test("has the numbers of its JSON files", async () => {
    const { checked, faults } = checkNumbers(readFileSync(`${COMMITTED}.md`, "utf8"), await new Store(COMMITTED).all());
    expect(faults).toEqual([]);
    expect(checked).toBeGreaterThan(20);
  });

  test("was made from whole results", async () => {
    const { accuracy, loadTest } = await new Store(COMMITTED).all();
    expect(accuracy.filter(({ report }) => report.partial ?? report.options.limit !== undefined)).toEqual([]);
    expect(loadTest?.partial).toBeUndefined();
  });
});

const page = renderPage(RESULTS);

test("every number of every table is one of the JSON's", () => {
  const { checked, faults } = checkNumbers(page, RESULTS);
  expect(faults).toEqual([]);
  // rows of MASSIVE × 4 and the posts × 3, 10 pairs, 3 targets × 8, 3 ratios × 4, 3 servers × 3, 3 rows of the paper
  expect(checked).toBe(5 * 4 + 4 * 3 + (6 * 3 + 4 * 2) + 3 * 8 + 3 * 4 + 3 * 3 + 3 * 4);
});

/** The page with another first digit in the first row of a section, in the column of that heading. */
function changeCell(section: string, column: string): string {
  const lines = page.split("\n");
  const header = lines.findIndex((line, i) => i > lines.indexOf(`## ${section}`) && line.startsWith("|"));
  const at = lines[header]!.split("|").findIndex((cell) => cell.trim() === column);
  const cells = lines[header + 2]!.split("|");
  const changed = cells.with(
    at,
    cells[at]!.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
  );
  expect(changed).not.toEqual(cells);
  return lines.with(header + 2, changed.join("|")).join("\n");
}

test.each([
  ["Accuracy", "slot F1"],
  ["Paired differences", "difference"],
  ["Latency", "HTTP p50"],
  ["Memory", "resident"],
  ["The paper", "MASSIVE intent"],
])("a number that is changed in %s is found", (section, column) => {
  expect(checkNumbers(changeCell(section, column), RESULTS).faults).toHaveLength(1);
});

test("a number that is changed in the JSON changes the page", () => {
  const [first, ...rest] = RESULTS.accuracy;
  const [file] = first!.report.data;
  const better = { ...file!, intent: { ...file!.intent!, accuracy: file!.intent!.accuracy + 0.001 } };
  const changed = { ...RESULTS, accuracy: [{ ...first!, report: { ...first!.report, data: [better] } }, ...rest] };
  expect(renderPage(changed)).not.toBe(page);
  expect(checkNumbers(page, changed).faults).not.toEqual([]);
});

test("the same results give the same page", () => {
  expect(renderPage(structuredClone(RESULTS))).toBe(page);
});

test("a row that can't be had is not printed, and what is left out is said", () => {
  expect(rowsOf(page).filter(({ name }) => name.includes("dual-decoder-two"))).toEqual([]);
  expect(page).toContain(
    "Left out, since there is no whole result: `dual-decoder-two` (training/README.md says how to make it).",
  );
  expect(page).toContain("no whole result: `dual-decoder` and `dual-decoder-two`"); // the posts
  expect(page).toContain("Left out: `dual-encoder:roberta-base-int8` (it is not built).");
});

test("who was scored on a sample is said, and so are refused, cut and invented texts", () => {
  expect(page).toContain("`generate`: scored on 80 rows drawn with seed 0.");
  const [first, ...rest] = RESULTS.accuracy;
  const [file] = first!.report.data;
  const odd = { ...file!, refused: 1_200, truncated: 2, dropped_slots: 3 };
  const told = renderPage({
    ...RESULTS,
    accuracy: [{ ...first!, report: { ...first!.report, data: [odd] } }, ...rest],
  });
  expect(told).toContain("`single-pass` refused 1,200 texts, which count as wrong.");
  expect(told).toContain("`single-pass` read 2 texts in part");
  expect(told).toContain("`single-pass` wrote 3 slot values that the text does not say");
});

test("an interrupted evaluation is left out with the rows that it reached, an interrupted load test is marked", () => {
  const partial = record("dual-decoder-two", "massive", 0.5, { rows: 120, partial: true });
  const loadTest = {
    ...LOAD_TEST,
    partial: true as const,
    failure: "the server ended",
    warnings: ["Disturbed: beside 3 blocks."],
  };
  const told = renderPage({ ...RESULTS, accuracy: [...RESULTS.accuracy, partial], loadTest });
  expect(told).toContain("`dual-decoder-two` (interrupted after 120 rows)");
  expect(told).toContain("The run ended early (the server ended): these are its figures until then.");
  expect(told).toContain("Disturbed: beside 3 blocks.");
});

test("without a load test and without memory the page says what makes them", () => {
  const bare = renderPage({ accuracy: RESULTS.accuracy, memory: [] });
  expect(bare).toContain(
    "No load test is recorded; `npm run loadtest -- --json docs/results/loadtest.json` makes one.",
  );
  expect(bare).toContain("None is recorded; `npm run results` measures it.");
  expect(checkNumbers(bare, { accuracy: RESULTS.accuracy, memory: [] }).faults).toEqual([]);
});

test("of two ways to run the same models the faster one is named", () => {
  const ratio = { ...LOAD_TEST.ratios["single-pass/generate"]!, against: "dual-encoder:x-side-by-side" };
  const loadTest = { ...LOAD_TEST, ratios: { "single-pass/dual-encoder:x": ratio } };
  expect(renderPage({ ...RESULTS, loadTest })).toContain(
    "`dual-encoder:x` is the faster of its two ways, `dual-encoder:x-side-by-side`.",
  );
});

test("systems are told by name even when only their memory is known", () => {
  const known = renderPage({ ...RESULTS, memory: [...RESULTS.memory, memoryRecord("dual-decoder-two", 400)] });
  expect(known).toContain("| `dual-decoder-two` | `dual-decoder` | two decoders, fine-tuned for a task each");
});
