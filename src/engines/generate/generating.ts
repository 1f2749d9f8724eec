import type { Bundle } from "../../bundle/bundle.js";
import { EngineError } from "../../errors.js";
import type { TaskName } from "../../tasks/task.js";
import { spelledWords, type PreparedText } from "../../text/prepare.js";
import type { BatchObserver, Engine, EngineName, ScoreRequest, WrittenAnswer } from "../engine.js";
import { planText, type EncodedText, type Forward, type Plan } from "../plan.js";
import { BatchQueue } from "../queue.js";
import { mergeAnswers, type ForwardAnswer } from "./merge.js";

/** The part that knows the runtime. Not called concurrently. */
export interface GeneratingRuntime extends AsyncDisposable {
  /** Where its decoders run, in words. */
  readonly device?: string;
  encode(text: PreparedText): EncodedText;
  /**
   * Asks every decoder that answers a task of the forward.
   * words: of the text, as the prompt spells them. @throws the signal's reason, between two tokens
   */
  run(forward: Forward, words: readonly string[], signal: AbortSignal): Promise<ForwardAnswer[]>;
}

interface Job {
  readonly forward: Forward;
  readonly words: readonly string[];
  readonly signal: AbortSignal;
}

// One answer at a time: a second one would share the processors, and the first come later for it.
const ONE_AT_A_TIME = { maxSequences: 1, maxTokens: Infinity };

/** The engine over decoders that write their answers: plans texts, queues their forwards, finds the values in the text. */
export class GeneratingEngine implements Engine {
  readonly runtime = "llama.cpp";
  readonly places = 2; // one runs, one waits for it to end
  readonly device: string | undefined;
  readonly #queue: BatchQueue<Job, ForwardAnswer[]>;

  constructor(
    readonly name: EngineName,
    readonly bundle: Bundle,
    private readonly writers: GeneratingRuntime,
    private readonly onBatch?: BatchObserver,
  ) {
    this.device = writers.device;
    this.#queue = new BatchQueue(
      ([job]) => this.#run(job!),
      ({ forward }) => forward.ids.length,
      ONE_AT_A_TIME,
    );
  }

  async score(
    requests: readonly ScoreRequest[],
    tasks: readonly TaskName[],
    signal: AbortSignal,
  ): Promise<WrittenAnswer[]> {
    signal.throwIfAborted();
    const calledAt = performance.now();
    const plans = this.#plan(requests, tasks);
    const encodedAt = performance.now();
    const jobs = plans.flatMap(({ forwards }, i) => {
      const words = spelledWords(requests[i]!.text);
      return forwards.map((forward) => ({ forward, words: words.slice(0, forward.words.length), signal }));
    });
    const runs = await this.#queue.submit(jobs, signal);
    return plans.map((plan, i) => {
      const own = runs.splice(0, plan.forwards.length);
      return { ...mergeAnswers(requests[i]!.text, plan, tasks, own, encodedAt), tokenizeMs: encodedAt - calledAt };
    });
  }

  check(requests: readonly ScoreRequest[], tasks: readonly TaskName[]): Promise<void> {
    return Promise.resolve().then(() => void this.#plan(requests, tasks));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close(new EngineError(this.name, new Error("the engine is being closed")));
    await this.writers[Symbol.asyncDispose]();
  }

  /** @throws TextTooLongError */
  #plan(requests: readonly ScoreRequest[], tasks: readonly TaskName[]): Plan[] {
    const { limits } = this.bundle.manifest;
    return requests.map((request) => planText(this.writers.encode(request.text), tasks, limits, request));
  }

  async #run({ forward, words, signal }: Job): Promise<ForwardAnswer[][]> {
    try {
      const answers = await this.writers.run(forward, words, signal);
      this.onBatch?.(
        1,
        answers.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
      );
      return [answers];
    } catch (cause) {
      signal.throwIfAborted();
      throw new EngineError(this.name, cause);
    }
  }
}
