import { InferenceSession, Tensor } from "onnxruntime-node";
import { bundleId, type Bundle } from "../../bundle/bundle.js";
import { labelsOf } from "../../bundle/check.js";
import type { EncoderModel } from "../../bundle/manifest.js";
import { BundleError } from "../../errors.js";
import { TASK_NAMES, type TaskName } from "../../tasks/task.js";

type GraphSpec = EncoderModel["graphs"][number];

/** One ONNX graph, run on the CPU, a text a call. Owns its native session. */
export class EncoderGraph implements AsyncDisposable {
  readonly tasks: readonly TaskName[];

  private constructor(
    private readonly session: InferenceSession,
    private readonly outputs: GraphSpec["outputs"],
  ) {
    this.tasks = TASK_NAMES.filter((task) => outputs[task] !== undefined);
  }

  /** @throws BundleError when inputs or outputs are not those of the manifest */
  static async open(bundle: Bundle, { file, outputs }: GraphSpec, threads: number): Promise<EncoderGraph> {
    const fault = (message: string, cause?: unknown) => new BundleError(bundleId(bundle), `${file}: ${message}`, cause);
    const session = await InferenceSession.create(bundle.path(file), {
      executionProviders: ["cpu"],
      executionMode: "sequential",
      // Set, because the defaults come from the host's processors and not from the container's.
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    }).catch((cause: unknown) => {
      throw fault("can't be opened as an ONNX model", cause);
    });
    const graph = new EncoderGraph(session, outputs);
    const message = graph.faultOf(bundle);
    if (message === undefined) return graph;
    await graph[Symbol.asyncDispose]();
    throw fault(message);
  }

  /** By task: the values of its output, row by row: [labels], for slots [tokens × tags]. ids: the whole prompt. */
  async run(ids: readonly number[], tasks: readonly TaskName[]): Promise<Partial<Record<TaskName, Float32Array>>> {
    const asked = this.tasks.filter((task) => tasks.includes(task));
    const results = await this.session.run(
      this.#feeds(ids),
      asked.map((task) => this.outputs[task]!),
    );
    return Object.fromEntries(
      asked.map((task) => {
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
    const feeds: Record<string, Tensor> = {
      input_ids: tensor(BigInt64Array.from(ids, BigInt)),
      attention_mask: tensor(new BigInt64Array(ids.length).fill(1n)),
    };
    // RoBERTa and DistilBERT know no token types.
    if (this.session.inputNames.includes("token_type_ids"))
      feeds.token_type_ids = tensor(new BigInt64Array(ids.length));
    return feeds;
  }

  /** What the graph's signature has against the manifest. */
  private faultOf({ manifest }: Bundle): string | undefined {
    const known = ["input_ids", "attention_mask", "token_type_ids"];
    const foreign = this.session.inputNames.find((name) => !known.includes(name));
    if (foreign !== undefined) return `has an input "${foreign}" that nobody can fill`;
    for (const name of known.slice(0, 2)) {
      if (!this.session.inputNames.includes(name)) return `has no input "${name}"`;
    }
    for (const task of this.tasks) {
      const name = this.outputs[task]!;
      const output = this.session.outputMetadata.find((metadata) => metadata.name === name);
      if (!output?.isTensor) return `has no output "${name}"`;
      if (output.type !== "float32") return `the output "${name}" is ${output.type}, not float32`;
      const labels = labelsOf(manifest.tasks, task).length;
      const width = output.shape.at(-1);
      if (output.shape.length !== (task === "slots" ? 3 : 2) || (typeof width === "number" && width !== labels)) {
        return `the output "${name}" has shape [${output.shape.join(", ")}], and ${task} ${labels} labels`;
      }
    }
    return undefined;
  }
}
