import { join } from "node:path";
import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { loadBundle } from "../../../src/bundle/bundle.js";
import type { EncoderModel } from "../../../src/bundle/manifest.js";
import { openEncoder } from "../../../src/engines/encoder/encoder.js";
import { GraphFault, LocalGraph, type Graph, type GraphFile } from "../../../src/engines/onnx/graph.js";
import { ThreadedGraph } from "../../../src/engines/onnx/threaded-graph.js";
import { BundleError } from "../../../src/errors.js";

const FIXTURE = join(import.meta.dirname, "../../fixtures/roberta-small");
const bundle = await loadBundle(FIXTURE);
const model = bundle.manifest.model as EncoderModel;
const slots = model.graphs.find(({ outputs }) => outputs.slots)!;
const file: GraphFile = {
  path: join(FIXTURE, slots.file),
  outputs: slots.outputs,
  perToken: ["slots"],
  labels: { slots: bundle.manifest.tasks.slots!.tags.length },
  threads: 1,
};
const prompt = [0, ...new Array<number>(126).fill(100), 2];

const opened: Graph[] = [];
afterEach(async () => {
  for (const graph of opened.splice(0)) await graph[Symbol.asyncDispose]();
});

describe.each([
  ["in this thread", LocalGraph],
  ["in a thread of its own", ThreadedGraph],
])("a graph %s", (_name, kind) => {
  const open = async (change: Partial<GraphFile> = {}) => {
    const graph: Graph = await kind.open({ ...file, ...change });
    opened.push(graph);
    return graph;
  };

  test("answers row by row", async () => {
    const { slots: values } = await (await open()).run(prompt, ["slots"]);
    expect(values).toBeInstanceOf(Float32Array);
    expect(values).toHaveLength(prompt.length * file.labels.slots!);
  });

  test.each<[string, Partial<GraphFile>, string]>([
    ["a file that is no graph", { path: join(FIXTURE, "bundle.json") }, "can't be opened as an ONNX model"],
    ["other labels", { labels: { slots: 3 } }, "and slots 3 labels"],
    ["an output that is not there", { outputs: { slots: "tags" } }, 'has no output "tags"'],
    ["an output of another task", { outputs: { intent: slots.outputs.slots }, labels: { intent: 60 } }, "intent 60"],
  ])("refuses %s", async (_case, change, message) => {
    const opening = open(change);
    await expect(opening).rejects.toThrow(GraphFault);
    await expect(opening).rejects.toThrow(message);
  });

  test("a run that fails fails alone", async () => {
    const graph = await open();
    await expect(graph.run([0, 1_000_000, 2], ["slots"])).rejects.toThrow();
    await expect(graph.run(prompt, ["slots"])).resolves.toHaveProperty("slots");
  });
});

test("a thread leaves the event loop free, and answers in the order of the orders", async () => {
  const graph = await ThreadedGraph.open(file);
  opened.push(graph);
  const done: number[] = [];
  const orders = Array.from({ length: 12 }, (_, i) => (i % 3 === 1 ? [0, 2] : prompt));
  const runs = orders.map(async (ids, i) => {
    const { slots: values } = await graph.run(ids, ["slots"]);
    expect(values).toHaveLength(ids.length * file.labels.slots!);
    done.push(i);
  });
  let turns = 0;
  while (done.length < runs.length) {
    await turnOfEventLoop();
    turns += 1;
  }
  await Promise.all(runs);
  expect(done).toEqual([...orders.keys()]);
  expect(turns).toBeGreaterThan(20); // in this thread each run would take one turn
});

test("a thread that has ended takes no more orders", async () => {
  const graph = await ThreadedGraph.open(file);
  await graph[Symbol.asyncDispose]();
  await expect(graph.run(prompt, ["slots"])).rejects.toThrow("has ended");
  await expect(graph[Symbol.asyncDispose]()).resolves.toBeUndefined();
});

test.each(["in-turn", "side-by-side"] as const)("a bundle's faults name bundle and file, %s", async (schedule) => {
  const graphs = model.graphs.map((graph) => ({ ...graph, file: "tokenizer.json" }));
  const opening = openEncoder(bundle, { ...model, schedule, graphs }, { threads: 1 });
  await expect(opening).rejects.toThrow(BundleError);
  await expect(opening).rejects.toThrow("tokenizer.json: can't be opened as an ONNX model");
});
