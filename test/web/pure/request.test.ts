import { expect, test } from "vitest";
import { ClassifyRequest, CompareRequest } from "../../../src/classify/request.js";
import { TASK_NAMES } from "../../../src/tasks/task.js";
import { classifyBody, compareBody, EMPTY, type Draft } from "../../../web/src/pure/request.js";

const draft: Draft = { ...EMPTY, text: "nine" };
const choice = { model: "a@1.0.0", engine: "generate" } as const;

test.each<[string, Partial<Draft>, object]>([
  ["as little as there is to say", {}, {}],
  ["the engine", { choice }, choice],
  ["the tasks that are left", { skipped: ["topic"] }, { tasks: ["intent", "slots"] }],
  ["no tasks when all are skipped", { skipped: [...TASK_NAMES] }, {}],
  [
    "every option that is not as usual",
    { topK: 3, offsets: "code_points", truncate: true, threshold: 0 },
    { top_k: 3, offsets: "code_points", truncate: true, oos_threshold: 0 },
  ],
])("a request holds %s", (_name, changed, body) => {
  const made = classifyBody({ ...draft, ...changed }, TASK_NAMES);
  expect(made).toEqual({ text: "nine", ...body });
  ClassifyRequest.parse(made);
});

test("a comparison names its engines, not the chosen one", () => {
  const body = compareBody({ ...draft, choice }, TASK_NAMES, [choice]);
  expect(body).toEqual({ text: "nine", engines: [choice] });
  CompareRequest.parse(body);
});
