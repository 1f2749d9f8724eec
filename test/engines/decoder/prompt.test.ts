import { expect, test } from "vitest";
import type { DecoderModel } from "../../../src/bundle/manifest.js";
import { buildPrompt, labelRanges } from "../../../src/engines/decoder/prompt.js";
import type { TaskName } from "../../../src/tasks/task.js";
import { decoderManifest } from "../../bundle/manifests.js";

const { model, tasks } = decoderManifest();
const spec = model as DecoderModel;

test.each([
  [["intent", "slots", "topic"], [1, 100, 101, 7, 8, 9], { intent: 1, topic: 2, slots: 3 }],
  [["topic", "slots"], [1, 101, 7, 8, 9], { topic: 1, slots: 2 }],
  [["slots"], [1, 7, 8, 9], { slots: 1 }],
  [["intent"], [1, 100, 7, 8, 9], { intent: 1 }],
] as [TaskName[], number[], Record<string, number>][])("prompts for %j", (asked, ids, positions) => {
  const words = asked.includes("slots") ? [0, 2] : [];
  const prompt = buildPrompt(spec, { tasks: asked, ids: [7, 8, 9], words });
  expect(prompt.ids).toEqual(ids);
  const expected = Object.entries(positions).flatMap(([task, position]) =>
    task === "slots" ? words.map((word) => ({ task, position: position + word })) : [{ task, position }],
  );
  expect(prompt.readOuts).toEqual(expected);
  expect(prompt.words).toEqual(words.map((word) => positions.slots! + word));
});

test("labels are the ids that the manifest starts and the tasks count", () => {
  expect(labelRanges(spec, tasks)).toEqual({
    intent: { start: 102, count: 2 },
    slots: { start: 104, count: 3 },
    topic: { start: 107, count: 2 },
  });
});
