import { expect, test } from "vitest";
import { ALL, fakeService, GENERATING, ONE_TASK, WRITING } from "./fake-service.js";
import { fakeBundle } from "./fakes.js";

test.each([
  ["by name", { model: "joint-encoder" }, "joint-encoder@1.0.0"],
  ["by name and version", { model: "joint-encoder@1.0.0" }, "joint-encoder@1.0.0"],
  ["by engine", { engine: "dual-encoder" }, "dual-encoder@1.0.0"],
  ["by both", { model: "dual-encoder", engine: "dual-encoder" }, "dual-encoder@1.0.0"],
])("a model is chosen %s", async (_name, choice, model) => {
  const { ask } = await fakeService();
  await expect(ask({ text: "hi", ...choice })).resolves.toMatchObject({ model, fallback: null });
});

test.each([
  ["the model's own engine", { model: "writing" }, "writing@1.0.0", "single-pass"],
  ["another engine of the model", { model: "writing", engine: "dual-decoder" }, "writing@1.0.0", "dual-decoder"],
  ["an engine of two models: the default's", { engine: "generate" }, "writing@1.0.0", "generate"],
  ["an engine of the other model", { model: "generate", engine: "generate" }, "generate@1.0.0", "generate"],
  ["the only model with an engine", { engine: "dual-encoder" }, "dual-encoder@1.0.0", "dual-encoder"],
])("of models with several engines is chosen %s", async (_name, choice, model, engine) => {
  const { ask, engine: engineOf } = await fakeService([ALL[1], GENERATING, WRITING]);
  await expect(ask({ text: "hi", ...choice })).resolves.toMatchObject({ model, engine, fallback: null });
  expect(engineOf(model.replace("@1.0.0", ""), engine as "generate").calls).toHaveLength(1);
});

test.each([
  [
    "the model has it not",
    { model: "writing", engine: "dual-encoder" },
    { engines: ["single-pass", "generate", "dual-decoder"] },
  ],
  [
    "no model has it",
    { engine: "joint-encoder" },
    { engines: ["dual-encoder", "generate", "single-pass", "dual-decoder"] },
  ],
])("an engine is refused with those that there are, since %s", async (_name, choice, details) => {
  const { ask } = await fakeService([ALL[1], GENERATING, WRITING]);
  await expect(ask({ text: "hi", ...choice })).rejects.toMatchObject({
    status: 400,
    code: "engine_not_in_model",
    field: "engine",
    details,
  });
});

test("an unknown model is refused with the names of all, each once", async () => {
  const { ask } = await fakeService([ALL[1], WRITING]);
  await expect(ask({ text: "hi", model: "llama" })).rejects.toMatchObject({
    code: "unknown_model",
    details: { models: ["dual-encoder@1.0.0", "writing@1.0.0"] },
  });
});

test.each([
  ["an unknown model", { model: "llama" }, "unknown_model", "model"],
  ["an unknown version", { model: "only@2.0.0" }, "unknown_model", "model"],
  ["an engine that the model has not", { model: "only", engine: "dual-encoder" }, "engine_not_in_model", "engine"],
  ["an engine that no model has", { engine: "dual-encoder" }, "engine_not_in_model", "engine"],
  ["a task that the model has not", { tasks: ["intent", "topic"] }, "task_not_in_model", "tasks[1]"],
  ["a task twice", { tasks: ["intent", "intent"] }, "invalid_request", "tasks[1]"],
])("%s is refused and nothing runs", async (_name, body, code, field) => {
  const { ask, engine } = await fakeService([fakeBundle("single-pass", { name: "only", tasks: ONE_TASK })]);
  await expect(ask({ text: "hi", ...body })).rejects.toMatchObject({ status: 400, code, field });
  expect(engine("only").calls).toEqual([]);
});

test("a threshold without the intent is refused", async () => {
  const { ask } = await fakeService();
  await expect(ask({ text: "hi", tasks: ["slots"], oos_threshold: 0.5 })).rejects.toMatchObject({
    code: "invalid_request",
    field: "oos_threshold",
  });
});
