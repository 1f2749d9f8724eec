import { bundleId, type Bundle } from "../../bundle/bundle.js";
import { labelsOf } from "../../bundle/check.js";
import { BundleError } from "../../errors.js";
import { GraphFault, LocalGraph, tasksOf, type Graph, type GraphFile } from "./graph.js";
import { ThreadedGraph } from "./threaded-graph.js";

/** A graph as a bundle knows it; `file` is the name inside of the bundle's folder. */
export interface GraphSpec extends Pick<GraphFile, "outputs" | "perToken" | "threads"> {
  readonly file: string;
}

/** Opens a graph of a bundle, in a thread of its own or in this one. @throws BundleError */
export async function openGraph(
  bundle: Bundle,
  { file, ...spec }: GraphSpec,
  { ownThread }: { readonly ownThread: boolean },
): Promise<Graph> {
  const labels = Object.fromEntries(
    tasksOf(spec.outputs).map((task) => [task, labelsOf(bundle.manifest.tasks, task).length]),
  );
  const description: GraphFile = { ...spec, path: bundle.path(file), labels };
  const opened: Promise<Graph> = (ownThread ? ThreadedGraph : LocalGraph).open(description);
  return opened.catch((error: unknown) => {
    const fault = error instanceof GraphFault ? error.message : "can't be opened";
    throw new BundleError(bundleId(bundle), `${file}: ${fault}`, error);
  });
}
