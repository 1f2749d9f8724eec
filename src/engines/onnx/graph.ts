import "./no-telemetry.js";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { GraphOutputs } from "../../bundle/manifest.js";
import { TASK_NAMES, type TaskName } from "../../tasks/task.js";

/** By task: the values of its output, row by row: [labels], or [tokens × labels] for the tasks of `perToken`. */
export type Outputs = Partial<Record<TaskName, Float32Array>>;

/** One ONNX graph that is open. Not called concurrently. */
export interface Graph extends AsyncDisposable {
  /** ids: the whole prompt. tasks: those of the graph that are asked for. */
  run(ids: readonly number[], tasks: readonly TaskName[]): Promise<Outputs>;
}

/** What is needed to open a graph; plain data, as it travels to threads. */
export interface GraphFile {
  readonly path: string;
  readonly outputs: GraphOutputs;
  /** Tasks whose output has a row a token. */
  readonly perToken: readonly TaskName[];
  /** How many labels each task of `outputs` has, for slots tags. */
  readonly labels: Partial<Record<TaskName, number>>;
  readonly threads: number;
}

/** Why a file is not the graph that its manifest says. */
export class GraphFault extends Error {}

/** A graph run on the CPU in this thread, which it blocks meanwhile. Owns its native session. */
export class LocalGraph implements Graph {
  private constructor(
    private readonly session: InferenceSession,
    private readonly outputs: GraphFile["outputs"],
  ) {}

  /** @throws GraphFault when inputs or outputs are not those of the manifest */
  static async open(file: GraphFile): Promise<LocalGraph> {
    const session = await InferenceSession.create(file.path, {
      executionProviders: ["cpu"],
      executionMode: "sequential",
      // Set, because the defaults come from the host's processors and not from the container's.
      intraOpNumThreads: file.threads,
      interOpNumThreads: 1,
      // Long enough to wait for the next operator; after the last one a core is soon free for the next graph.
      extra: { session: { intra_op: { spin_duration_us: "200" } } },
    }).catch((cause: unknown) => {
      throw new GraphFault("can't be opened as an ONNX model", { cause });
    });
    const fault = faultOf(session, file);
    if (fault === undefined) return new LocalGraph(session, file.outputs);
    await session.release();
    throw new GraphFault(fault);
  }

  async run(ids: readonly number[], tasks: readonly TaskName[]): Promise<Outputs> {
    const results = await this.session.run(
      this.#feeds(ids),
      tasks.map((task) => this.outputs[task]!),
    );
    return Object.fromEntries(
      tasks.map((task) => {
        const tensor = results[this.outputs[task]!]!;
        const values = (tensor.data as Float32Array).slice(); // the runtime takes its memory back
        tensor.dispose();
        return [task, values];
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.release();
  }

  #feeds(ids: readonly number[]): Record<string, Tensor> {
    const tensor = (values: BigInt64Array) => new Tensor("int64", values, [1, ids.length]);
    const feeds: Record<string, Tensor> = { input_ids: tensor(BigInt64Array.from(ids, BigInt)) };
    const { inputNames } = this.session;
    // One prompt a run has no padding to hide, and RoBERTa and DistilBERT know no token types.
    if (inputNames.includes("attention_mask")) feeds.attention_mask = tensor(new BigInt64Array(ids.length).fill(1n));
    if (inputNames.includes("token_type_ids")) feeds.token_type_ids = tensor(new BigInt64Array(ids.length));
    return feeds;
  }
}

/** Tasks that a graph answers. */
export function tasksOf(outputs: GraphFile["outputs"]): TaskName[] {
  return TASK_NAMES.filter((task) => outputs[task] !== undefined);
}

const [IDS, ...OTHER_INPUTS] = ["input_ids", "attention_mask", "token_type_ids"] as const;

/** What the graph's signature has against the manifest. */
function faultOf(session: InferenceSession, { outputs, perToken, labels }: GraphFile): string | undefined {
  const known: readonly string[] = [IDS, ...OTHER_INPUTS];
  const foreign = session.inputNames.find((name) => !known.includes(name));
  if (foreign !== undefined) return `has an input "${foreign}" that nobody can fill`;
  if (!session.inputNames.includes(IDS)) return `has no input "${IDS}"`;
  for (const task of tasksOf(outputs)) {
    const name = outputs[task]!;
    const output = session.outputMetadata.find((metadata) => metadata.name === name);
    if (!output?.isTensor) return `has no output "${name}"`;
    if (output.type !== "float32") return `the output "${name}" is ${output.type}, not float32`;
    const width = output.shape.at(-1);
    if (
      output.shape.length !== (perToken.includes(task) ? 3 : 2) ||
      (typeof width === "number" && width !== labels[task])
    ) {
      return `the output "${name}" has shape [${output.shape.join(", ")}], and ${task} ${labels[task]} labels`;
    }
  }
  return undefined;
}
