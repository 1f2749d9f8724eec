import { expect, test } from "vitest";
import { progressOn } from "../../../src/proof/evaluation/progress.js";

function screen(isTTY: boolean) {
  let text = "";
  return { isTTY, write: (more: string) => (text += more), told: () => text };
}

test("a terminal has a bar for each file, which a warning ends", () => {
  const terminal = screen(true);
  using progress = progressOn(terminal);
  progress.progress("a.jsonl", 1, 2);
  progress.progress("a.jsonl", 2, 2);
  progress.progress("b.jsonl", 1, 4);
  progress.warn("something");
  expect(terminal.told()).toMatch(/a\.jsonl .*2 of 2.*\n.*b\.jsonl .*1 of 4.*\nsomething\n/s);
});

test("a log has the last line, and others seldom", () => {
  const log = screen(false);
  using progress = progressOn(log);
  for (let done = 1; done <= 100; done++) progress.progress("a.jsonl", done, 100);
  expect(log.told()).toBe("a.jsonl: 100 of 100 rows\n");
});
