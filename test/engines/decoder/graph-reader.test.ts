import { describe, expect, test, vi } from "vitest";
import { GraphReader } from "../../../src/engines/decoder/graph-reader.js";
import type { DecoderPrompt } from "../../../src/engines/decoder/prompt.js";
import type { Graph } from "../../../src/engines/onnx/graph.js";

/** Scores that name their place: the label's number plus ten times that of the token, for slots a hundred more. */
function fakeGraph() {
  const finish: (() => void)[] = [];
  const graph = {
    run: vi.fn<Graph["run"]>(async (ids, tasks) => {
      await new Promise<void>((resolve) => finish.push(resolve));
      const rows = (labels: number, base: number) =>
        Float32Array.from(ids.flatMap((_, at) => Array.from({ length: labels }, (_, label) => base + at * 10 + label)));
      return {
        ...(tasks.includes("intent") && { intent: rows(2, 0) }),
        ...(tasks.includes("slots") && { slots: rows(3, 100) }),
      };
    }),
    [Symbol.asyncDispose]: vi.fn(() => Promise.resolve()),
  };
  return { graph, finish };
}

const prompt: DecoderPrompt = {
  ids: [1, 50, 7, 8],
  words: [2, 3],
  readOuts: [
    { position: 1, task: "intent" },
    { position: 2, task: "slots" },
    { position: 3, task: "slots" },
  ],
};

test("reads each task's labels at its position, in order", async () => {
  const { graph, finish } = fakeGraph();
  const reading = new GraphReader({ narrow: [graph] }).read([prompt]);
  finish[0]!();
  expect((await reading).map((rows) => rows.map((row) => [...row]))).toEqual([
    [
      [10, 11],
      [120, 121, 122],
      [130, 131, 132],
    ],
  ]);
  expect(graph.run).toHaveBeenCalledExactlyOnceWith(prompt.ids, ["intent", "slots"]);
});

test("as many reads run at once as there are graphs", async () => {
  const [one, two] = [fakeGraph(), fakeGraph()];
  const reader = new GraphReader({ narrow: [one.graph, two.graph] });
  const reads = [reader.read([prompt]), reader.read([prompt])];
  await expect(reader.read([prompt])).rejects.toThrow("more than 2 reads at once");
  for (const { finish } of [one, two]) finish[0]!();
  await expect(Promise.all(reads)).resolves.toHaveLength(2);
});

test("a graph is free again after a read that fails", async () => {
  const { graph, finish } = fakeGraph();
  const reader = new GraphReader({ narrow: [graph] });
  graph.run.mockRejectedValueOnce(new Error("broken"));
  await expect(reader.read([prompt])).rejects.toThrow("broken");
  const again = reader.read([prompt]);
  finish[0]!();
  await expect(again).resolves.toHaveLength(1);
});

describe("with a wide graph", () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test("a read that is alone has it, one after the other", async () => {
    const [narrow, wide] = [fakeGraph(), fakeGraph()];
    const reader = new GraphReader({ narrow: [narrow.graph], wide: wide.graph });
    for (const round of [0, 1]) {
      const reading = reader.read([prompt]);
      wide.finish[round]!();
      await reading;
    }
    expect(narrow.graph.run).not.toHaveBeenCalled();
  });

  test("reads that come meanwhile wait for its end, and are narrow, as are those that meet them", async () => {
    const [one, two, wide] = [fakeGraph(), fakeGraph(), fakeGraph()];
    const reader = new GraphReader({ narrow: [one.graph, two.graph], wide: wide.graph });
    const first = reader.read([prompt]);
    const second = reader.read([prompt]);
    await turn();
    expect([one.graph.run, two.graph.run].flatMap((run) => run.mock.calls)).toHaveLength(0);
    wide.finish[0]!();
    await first;
    await turn();
    const third = reader.read([prompt]);
    await turn();
    for (const { finish } of [one, two]) finish[0]!();
    await Promise.all([second, third]);
    expect(wide.graph.run).toHaveBeenCalledOnce();
  });

  test("a wide read that fails fails alone, and the next one has the graph again", async () => {
    const [narrow, wide] = [fakeGraph(), fakeGraph()];
    const reader = new GraphReader({ narrow: [narrow.graph], wide: wide.graph });
    wide.graph.run.mockRejectedValueOnce(new Error("broken"));
    const failing = reader.read([prompt]);
    const waiting = reader.read([prompt]);
    await expect(failing).rejects.toThrow("broken");
    await turn();
    narrow.finish[0]!();
    await waiting;
    const again = reader.read([prompt]);
    wide.finish[0]!();
    await expect(again).resolves.toHaveLength(1);
  });
});

test("a graph that can't be opened closes the others", async () => {
  const { graph } = fakeGraph();
  const open = vi.fn<() => Promise<Graph>>().mockRejectedValue(new Error("no memory")).mockResolvedValueOnce(graph);
  await expect(GraphReader.open({ narrow: [open, open], wide: open })).rejects.toThrow("no memory");
  expect(graph[Symbol.asyncDispose]).toHaveBeenCalledOnce();
});

test("closes every graph", async () => {
  const { graph } = fakeGraph();
  const reader = await GraphReader.open({ narrow: [() => Promise.resolve(graph)], wide: () => Promise.resolve(graph) });
  await reader[Symbol.asyncDispose]();
  expect(graph[Symbol.asyncDispose]).toHaveBeenCalledTimes(2);
});
