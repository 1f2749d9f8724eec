import { expect, test } from "vitest";
import { figure, tables } from "../../../src/proof/loadtest/markdown.js";
import { report } from "./reports.js";

test.each([
  [0.0812345, "0.0812"],
  [4.5678, "4.57"],
  [99.96, "100"],
  [138.4, "138"],
  [12_345, "12345"],
  [0, "0"],
  [1e-9, "0"],
  [undefined, "–"],
  [NaN, "–"],
])("%d is written %s", (value, text) => {
  expect(figure(value)).toBe(text);
});

const told = tables(report());

test("the tables have the ratios first, with their intervals, and what was left out before them", () => {
  const [title, about, notices] = told.split("\n\n");
  expect(title).toBe("# Load test");
  expect(about).toMatch(
    /full run .* 61\.5 s, seed 1, commit 0123456 with changes; Some CPU, 2 cores, .* ONEPASS_THREADS=2/,
  );
  expect(notices).toBe("> Left out: dual-decoder: the server has no model two-decoders.");
  expect(told).toContain(
    "| single-pass/generate | 0.100 | 0.100 to 0.100 | 0.100 | 0.135 | 0.135 to 0.135 | 0.135 | 3 |",
  );
  expect(told).toContain("| single-pass/joint-encoder | 2.50 |");
});

test("there are tables of latency, throughput, load and of where the time goes", () => {
  expect(told).toMatch(/\| single-pass \| 14\.0 \|.*\| 11\.0 \| 0 \| 9 \|/);
  expect(told).toMatch(/\| engine \| 1 client \| 2 clients \| two over one \|/);
  expect(told).toMatch(/\| single-pass \| 100 \| 140 \| 1\.40 \| 1540 \|/);
  expect(told).toMatch(/\| generate \| 110 % \| 27\.5 \|/);
  expect(told).toMatch(
    /\| single-pass \| 50 % load \| 2\.00 \| 2\.00 \| 1\.00 \| 0 \| 10\.0 \| 0\.500 \| 0\.500 \| 2\.00 \|/,
  );
});

test("a partial and disturbed run says so before any figure", () => {
  const partial = tables(report({ failure: "the server ended" }, Array<number>(37).fill(20).with(1, 30)));
  const notices = partial.slice(0, partial.indexOf("## "));
  expect(notices).toContain("> Partial: the run ended early (the server ended)");
  expect(notices).toContain("> Disturbed: beside 2 of 36 blocks");
});

test("a table without rows is not printed", () => {
  expect(tables(report({ failure: "interrupted" }, [], []))).not.toContain("|");
});

test("every row has as many cells as its head", () => {
  for (const table of told.split("## ").slice(1)) {
    const widths = table
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) => line.split("|").length);
    expect(new Set(widths).size, table).toBe(1);
  }
});
