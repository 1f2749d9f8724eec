import type { Graph } from "../onnx/graph.js";
import type { DecoderPrompt } from "./prompt.js";
import type { LogitReader } from "./reader.js";

/**
 * Reads logits off an ONNX graph that has the decoder's label heads in it, and gives every label's score at every token
 * (`training/decoder_onnx.py`). Owns the graph.
 */
export class GraphReader implements LogitReader {
  constructor(private readonly graph: Graph) {}

  /** One after the other: activations are quantised by tensor, so that batch-mates would change each other's answers. */
  async read(prompts: readonly DecoderPrompt[]): Promise<Float32Array[][]> {
    const found: Float32Array[][] = [];
    for (const prompt of prompts) found.push(await this.#readOne(prompt));
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.graph[Symbol.asyncDispose]();
  }

  async #readOne({ ids, readOuts }: DecoderPrompt): Promise<Float32Array[]> {
    const tasks = [...new Set(readOuts.map(({ task }) => task))];
    const outputs = await this.graph.run(ids, tasks);
    return readOuts.map(({ position, task }) => {
      const scores = outputs[task]!; // [tokens × labels]
      const labels = scores.length / ids.length;
      return scores.slice(position * labels, (position + 1) * labels);
    });
  }
}
