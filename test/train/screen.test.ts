import { expect, test } from "vitest";
import { parseEvent } from "../../src/train/events.js";
import { clock, watcherOn } from "../../src/train/screen.js";

test("a line that is no event is passed over, whatever a library prints", () => {
  expect(parseEvent('{"event": "step", "step": 3, "steps": 10, "loss": 1.5}')).toEqual({
    ...{ event: "step", step: 3, steps: 10, loss: 1.5 },
  });
  for (const line of ["", "Downloading…", "[1, 2]", '{"event": "dance"}', '{"event": "step", "step": "x"}']) {
    expect(parseEvent(line)).toBeUndefined();
  }
});

test("in a log, steps are told now and then with the time left", () => {
  let [told, nowMs] = ["", 0];
  using watcher = watcherOn({ write: (text) => (told += text) }, () => nowMs);
  watcher.event({ event: "train", step: 100, steps: 200 });
  for (let step = 101; step <= 200; step++) {
    nowMs += 1_000;
    watcher.event({ event: "step", step, steps: 200, loss: 0.5 });
  }
  const lines = told.trim().split("\n");
  expect(lines[0]).toBe("going on after step 100 of 200");
  expect(lines[1]).toBe("step 115 of 200, loss 0.50, 1:25 left");
  expect(lines.at(-1)).toBe("step 200 of 200, loss 0.50, 0:00 left");
  expect(lines).toHaveLength(8);
});

test("scores of dev are told in per cent", () => {
  let told = "";
  using watcher = watcherOn({ write: (text) => (told += text) });
  watcher.event({ event: "scores", step: 10, scores: { intent: 0.98, slot_f1: 0.951 }, best: true });
  expect(told).toBe("step 10: dev intent 98.0, slot_f1 95.1, the best so far\n");
});

test.each([
  [0, "0:00"],
  [65_400, "1:05"],
  [3_725_000, "1:02:05"],
])("%d ms are %s", (ms, text) => {
  expect(clock(ms)).toBe(text);
});
