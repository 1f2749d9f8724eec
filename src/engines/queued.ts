import type { Bundle } from "../bundle/bundle.js";
import { EngineError } from "../errors.js";
import type { Evidence } from "../tasks/evidence.js";
import { assertFinite } from "../tasks/softmax.js";
import type { TaskName } from "../tasks/task.js";
import type { PreparedText } from "../text/prepare.js";
import type { BatchLimits } from "./batches.js";
import type { BatchObserver, Engine, EngineName, RuntimeName, ScoreRequest, Scores, WindowScores } from "./engine.js";
import { planText, type EncodedText, type Forward, type Plan, type Prompt } from "./plan.js";
import { BatchQueue, type Timed } from "./queue.js";

/** Scores of one forward, unnormalised. A task that was not asked for is absent. */
export interface ForwardScores {
  /** [labels] */
  readonly intent?: Float32Array;
  /** [words of the forward][tags] */
  readonly slots?: readonly Float32Array[];
  /** [labels] */
  readonly topic?: Float32Array;
  /** Tokens that the model read. */
  readonly promptTokens: number;
}

/** What differs between runtimes: how a text becomes ids, and how forwards become scores. */
export interface Runtime extends AsyncDisposable {
  readonly name: RuntimeName;
  readonly limits: BatchLimits;
  /** Where the model runs, in words; the CPU by default. */
  readonly device?: string | undefined;
  /** How many runs there may be at once; one by default. */
  readonly parallel?: number;
  /** What the ids of a text say of its topic before the model has read them. */
  readonly evidence?: Evidence | undefined;
  encode(text: PreparedText): EncodedText;
  prompt(forward: Forward): Prompt;
  /** Scores in the order of `batch`, whose prompts are of one length. */
  run(batch: readonly Forward[]): Promise<ForwardScores[]>;
}

const CPU = "cpu";

interface Job {
  readonly forward: Forward;
  /** Of its prompt, which is built to be counted when the forward is queued, and to be run. */
  readonly tokens: number;
}

/** The engine over any runtime: plans texts, queues their forwards, merges the scores. */
export class QueuedEngine implements Engine {
  readonly name: EngineName;
  readonly runtime: RuntimeName;
  readonly places: number;
  readonly device: string;
  readonly #queue: BatchQueue<Job, ForwardScores>;

  constructor(
    readonly bundle: Bundle,
    private readonly reader: Runtime,
    private readonly onBatch?: BatchObserver,
  ) {
    this.name = bundle.manifest.model.engine;
    this.runtime = reader.name;
    this.places = placesOf(reader);
    this.device = reader.device ?? CPU;
    this.#queue = new BatchQueue(
      (batch) => this.#run(batch),
      ({ tokens }) => tokens,
      reader.limits,
      reader.parallel,
    );
  }

  async score(requests: readonly ScoreRequest[], tasks: readonly TaskName[], signal: AbortSignal): Promise<Scores[]> {
    signal.throwIfAborted();
    const calledAt = performance.now();
    // Every text is planned before the first one runs: a text that is too long costs the model nothing.
    const plans = this.#plan(requests, tasks);
    const jobs = plans.flatMap(({ forwards }) => forwards.map((forward) => this.#job(forward)));
    const encodedAt = performance.now();
    const runs = await this.#queue.submit(jobs, signal);
    for (const { value } of runs) this.#check(value);
    const tokenizeMs = encodedAt - calledAt;
    return plans.map((plan) => {
      const scores = mergeScores(plan, tasks, runs.splice(0, plan.forwards.length), encodedAt);
      return { ...scores, ...(scores.topic && { topic: this.#withEvidence(plan, scores.topic) }), tokenizeMs };
    });
  }

  check(requests: readonly ScoreRequest[], tasks: readonly TaskName[]): Promise<void> {
    return Promise.resolve().then(() => void this.#plan(requests, tasks));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close(new EngineError(this.name, new Error("the engine is being closed")));
    await this.reader[Symbol.asyncDispose]();
  }

  /** @throws TextTooLongError */
  #plan(requests: readonly ScoreRequest[], tasks: readonly TaskName[]): Plan[] {
    const { limits } = this.bundle.manifest;
    return requests.map((request) => planText(this.reader.encode(request.text), tasks, limits, request));
  }

  /** Looked at text by text, so that broken scores of one text spare those that shared its batch. */
  #check({ intent, slots = [], topic }: ForwardScores): void {
    try {
      for (const logits of [intent, topic, ...slots]) if (logits) assertFinite(logits);
    } catch (cause) {
      throw new EngineError(this.name, cause);
    }
  }

  /** Every window is told what the whole of the text that was read says. */
  #withEvidence({ forwards }: Plan, windows: readonly WindowScores[]): readonly WindowScores[] {
    const said = this.reader.evidence?.scores(forwards.flatMap(({ ids }) => ids));
    return said
      ? windows.map((window) => ({ ...window, logits: window.logits.map((logit, i) => logit + said[i]!) }))
      : windows;
  }

  #job(forward: Forward): Job {
    return { forward, tokens: this.reader.prompt(forward).ids.length };
  }

  async #run(batch: readonly Job[]): Promise<ForwardScores[]> {
    this.onBatch?.(
      batch.length,
      batch.reduce((sum, { tokens }) => sum + tokens, 0),
    );
    try {
      return await this.reader.run(batch.map(({ forward }) => forward));
    } catch (cause) {
      throw new EngineError(this.name, cause);
    }
  }
}

/** Enough texts to fill every run and, while these run, to choose the next from: of equal length where runs hold several. */
function placesOf({ limits: { maxSequences }, parallel = 1 }: Runtime): number {
  return parallel * (maxSequences === 1 ? 2 : 4 * maxSequences);
}

/** The scores of a text: intent and slots of its first forward, the topic of all. */
export function mergeScores(
  { forwards, truncated }: Plan,
  tasks: readonly TaskName[],
  runs: readonly Timed<ForwardScores>[],
  encodedAt: number,
): Omit<Scores, "tokenizeMs"> {
  const startedAt = Math.min(...runs.map((run) => run.startedAt));
  const finishedAt = Math.max(...runs.map((run) => run.finishedAt));
  const first = runs[0]?.value;
  return {
    ...(first?.intent && { intent: first.intent }),
    ...(tasks.includes("slots") && { slots: first?.slots ?? [] }),
    ...(first?.topic && {
      topic: runs.flatMap(({ value }, i) =>
        value.topic ? [{ logits: value.topic, tokens: forwards[i]?.ids.length ?? 0 }] : [],
      ),
    }),
    promptTokens: runs.reduce((sum, { value }) => sum + value.promptTokens, 0),
    cachedTokens: 0, // attention goes both ways: no state of an earlier prompt can be kept
    generatedTokens: 0,
    ...(truncated && { truncated }),
    queueMs: runs.length > 0 ? startedAt - encodedAt : 0,
    inferenceMs: runs.length > 0 ? finishedAt - startedAt : 0,
  };
}
