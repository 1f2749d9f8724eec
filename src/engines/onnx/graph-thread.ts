/** The thread behind `ThreadedGraph`: opens the graph of its `workerData`, says so, then runs what it is sent. */
import { parentPort, workerData } from "node:worker_threads";
import type { TaskName } from "../../tasks/task.js";
import { LocalGraph, type GraphFile, type Outputs } from "./graph.js";

export type Order = { readonly ids: readonly number[]; readonly tasks: readonly TaskName[] } | "close";
export type Answer = { readonly outputs: Outputs } | { readonly fault: string };

const port = parentPort!;

async function answer(work: () => Promise<Outputs>): Promise<void> {
  let found: Answer;
  try {
    found = { outputs: await work() };
  } catch (error) {
    found = { fault: error instanceof Error ? error.message : String(error) };
  }
  const buffers = "outputs" in found ? Object.values(found.outputs).map(({ buffer }) => buffer as ArrayBuffer) : [];
  port.postMessage(found, buffers);
}

let graph: LocalGraph | undefined;
await answer(async () => {
  graph = await LocalGraph.open(workerData as GraphFile);
  return {};
});
if (graph) serve(graph);

function serve(open: LocalGraph): void {
  port.on("message", (order: Order) => {
    if (order === "close") void close(open);
    else void answer(() => open.run(order.ids, order.tasks));
  });
}

/** With its port the thread ends. */
async function close(open: LocalGraph): Promise<void> {
  await open[Symbol.asyncDispose]();
  port.close();
}
