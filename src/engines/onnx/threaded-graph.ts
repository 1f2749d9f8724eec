import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import type { TaskName } from "../../tasks/task.js";
import { startThread } from "../../thread.js";
import { GraphFault, type Graph, type GraphFile, type Outputs } from "./graph.js";
import type { Answer, Order } from "./graph-thread.js";

/** A graph in a thread of its own: onnxruntime-node blocks the thread that runs it, so two graphs need two of them. */
export class ThreadedGraph implements Graph {
  /** Orders under way, in order: the thread answers them so. */
  readonly #pending: { resolve: (outputs: Outputs) => void; reject: (error: Error) => void }[] = [];
  #gone: Error | undefined;

  private constructor(private readonly worker: Worker) {
    worker.on("message", (answer: Answer) => {
      const order = this.#pending.shift();
      if ("outputs" in answer) order?.resolve(answer.outputs);
      else order?.reject(new GraphFault(answer.fault));
    });
    worker.on("error", (error: Error) => {
      this.#end(error);
    });
    worker.on("exit", () => {
      this.#end(new Error("the thread of the graph has ended"));
    });
  }

  /** @throws GraphFault as `LocalGraph.open` */
  static async open(file: GraphFile): Promise<ThreadedGraph> {
    const graph = new ThreadedGraph(startThread("graph-thread", import.meta.url, file));
    await graph.#next(); // its first answer: the graph is open
    return graph;
  }

  run(ids: readonly number[], tasks: readonly TaskName[]): Promise<Outputs> {
    const answer = this.#next();
    if (!this.#gone) this.#post({ ids, tasks });
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#gone) return;
    const exit = once(this.worker, "exit");
    this.#post("close");
    await exit;
  }

  #post(order: Order): void {
    this.worker.postMessage(order);
  }

  #next(): Promise<Outputs> {
    if (this.#gone) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }));
  }

  #end(error: Error): void {
    this.#gone ??= error;
    for (const { reject } of this.#pending.splice(0)) reject(error);
  }
}
