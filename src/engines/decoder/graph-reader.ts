import type { Graph } from "../onnx/graph.js";
import type { DecoderPrompt } from "./prompt.js";
import type { LogitReader } from "./reader.js";

/**
 * Reads logits off ONNX graphs that have the decoder's label heads in them, and give every label's score at every token
 * (`training/decoder_onnx.py`). The graphs are copies of one; there may be as many calls at once.
 */
export class GraphReader implements LogitReader {
  readonly #free: Graph[];

  /** Owns the graphs. */
  constructor(private readonly graphs: readonly Graph[]) {
    this.#free = [...graphs];
  }

  /** @throws what `open` throws, and no graph stays open */
  static async open(copies: number, open: () => Promise<Graph>): Promise<GraphReader> {
    const opening = await Promise.allSettled(Array.from({ length: copies }, open));
    const graphs = opening.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = opening.find((result) => result.status === "rejected");
    if (!failed) return new GraphReader(graphs);
    for (const graph of graphs) await graph[Symbol.asyncDispose]();
    throw failed.reason;
  }

  /** One after the other: activations are quantised by tensor, so that batch-mates would change each other's answers. */
  async read(prompts: readonly DecoderPrompt[]): Promise<Float32Array[][]> {
    const graph = this.#free.pop();
    if (!graph) throw new Error(`more than ${this.graphs.length} reads at once`);
    try {
      const found: Float32Array[][] = [];
      for (const prompt of prompts) found.push(await readOne(graph, prompt));
      return found;
    } finally {
      this.#free.push(graph);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const graph of this.graphs) await graph[Symbol.asyncDispose]();
  }
}

async function readOne(graph: Graph, { ids, readOuts }: DecoderPrompt): Promise<Float32Array[]> {
  const tasks = [...new Set(readOuts.map(({ task }) => task))];
  const outputs = await graph.run(ids, tasks);
  return readOuts.map(({ position, task }) => {
    const scores = outputs[task]!; // [tokens × labels]
    const labels = scores.length / ids.length;
    return scores.slice(position * labels, (position + 1) * labels);
  });
}
