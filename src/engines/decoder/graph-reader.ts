import type { Graph } from "../onnx/graph.js";
import type { DecoderPrompt } from "./prompt.js";
import type { LogitReader } from "./reader.js";

/** Copies of one graph: `narrow` ones that run side by side, and a `wide` one that takes all of their threads. */
export interface Copies<Of> {
  readonly narrow: readonly Of[];
  readonly wide?: Of | undefined;
}

/**
 * Reads logits off ONNX graphs that have the decoder's label heads in them, and give every label's score at every token
 * (`training/decoder_onnx.py`). There may be as many calls at once as there are narrow graphs. A call that comes while
 * nothing runs has the wide one, and is sooner done; one that comes meanwhile waits for it, since it would only fight it
 * for the cores, and is narrow: with company, narrow ones get more done.
 */
export class GraphReader implements LogitReader {
  readonly #free: Graph[];
  #reading = 0;
  #wideRun: ReturnType<typeof readAll> | undefined;

  /** Owns the graphs. */
  constructor(private readonly copies: Copies<Graph>) {
    this.#free = [...copies.narrow];
  }

  /** @throws what one of them throws, and no graph stays open */
  static async open({ narrow, wide }: Copies<() => Promise<Graph>>): Promise<GraphReader> {
    const opening = await Promise.allSettled([...narrow, ...(wide ? [wide] : [])].map((open) => open()));
    const graphs = opening.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = opening.find((result) => result.status === "rejected");
    if (!failed) return new GraphReader({ narrow: graphs.slice(0, narrow.length), wide: graphs[narrow.length] });
    for (const graph of graphs) await graph[Symbol.asyncDispose]();
    throw failed.reason;
  }

  async read(prompts: readonly DecoderPrompt[]): Promise<Float32Array[][]> {
    const { wide } = this.copies;
    const alone = this.#reading++ === 0;
    try {
      if (!alone || !wide) return await this.#readNarrow(prompts);
      this.#wideRun = readAll(wide, prompts).finally(() => (this.#wideRun = undefined));
      return await this.#wideRun;
    } finally {
      this.#reading--;
    }
  }

  async #readNarrow(prompts: readonly DecoderPrompt[]): Promise<Float32Array[][]> {
    if (this.#wideRun) await Promise.allSettled([this.#wideRun]); // its own caller learns how it ends
    const graph = this.#free.pop();
    if (!graph) throw new Error(`more than ${this.copies.narrow.length} reads at once`);
    try {
      return await readAll(graph, prompts);
    } finally {
      this.#free.push(graph);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const graph of this.copies.narrow) await graph[Symbol.asyncDispose]();
    await this.copies.wide?.[Symbol.asyncDispose]();
  }
}

/** One after the other: activations are quantised by tensor, so that batch-mates would change each other's answers. */
async function readAll(graph: Graph, prompts: readonly DecoderPrompt[]): Promise<Float32Array[][]> {
  const found: Float32Array[][] = [];
  for (const prompt of prompts) found.push(await readOne(graph, prompt));
  return found;
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
