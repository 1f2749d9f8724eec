import type { Bundle } from "../../bundle/bundle.js";
import { EngineError } from "../../errors.js";
import { locateValue } from "../../tasks/locate.js";
import type { Slot } from "../../tasks/spans.js";
import type { TaskName } from "../../tasks/task.js";
import { spelledWords, type PreparedText } from "../../text/prepare.js";
import type { BatchObserver, Engine, EngineName, ScoreRequest, WrittenAnswer } from "../engine.js";
import { planText, type EncodedText, type Forward, type Plan } from "../plan.js";
import { BatchQueue, type Timed } from "../queue.js";
import type { WrittenJson } from "./answer.js";

/** What was written to one prompt of a forward, read back. */
export interface ForwardAnswer {
  readonly answer: WrittenJson;
  /** Of each label: intent, slot names, topic, those that were written. */
  readonly confidences: readonly number[];
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
}

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

/** One answer of all that was written to a text: intent and slots of its first forward, the topic of all. */
export function mergeAnswers(
  text: PreparedText,
  { forwards, truncated }: Plan,
  tasks: readonly TaskName[],
  runs: readonly Timed<readonly ForwardAnswer[]>[],
  encodedAt: number,
): Omit<WrittenAnswer, "tokenizeMs"> {
  const answers = runs.flatMap(({ value }) => value);
  const first = runs[0]?.value ?? [];
  const intent = first.flatMap(({ answer, confidences }) =>
    answer.intent === undefined ? [] : [{ name: answer.intent, confidence: confidences[0] ?? 0 }],
  )[0];
  const { slots, dropped } = findSlots(text, first);
  const startedAt = Math.min(...runs.map((run) => run.startedAt));
  const finishedAt = Math.max(...runs.map((run) => run.finishedAt));
  const sum = (count: "promptTokens" | "cachedTokens" | "generatedTokens") =>
    answers.reduce((total, answer) => total + answer[count], 0);
  return {
    written: {
      ...(intent && { intent }),
      ...(tasks.includes("slots") && { slots }),
      ...(tasks.includes("topic") && { topic: topicsOf(forwards, runs) }),
    },
    droppedSlots: dropped,
    promptTokens: sum("promptTokens"),
    cachedTokens: sum("cachedTokens"),
    generatedTokens: sum("generatedTokens"),
    ...(truncated && { truncated }),
    queueMs: runs.length > 0 ? startedAt - encodedAt : 0,
    inferenceMs: runs.length > 0 ? finishedAt - startedAt : 0,
  };
}

function findSlots(text: PreparedText, answers: readonly ForwardAnswer[]): { slots: Slot[]; dropped: number } {
  const slots: Slot[] = [];
  let dropped = 0;
  for (const { answer, confidences } of answers) {
    const firstSlot = answer.intent === undefined ? 0 : 1;
    for (const [i, written] of (answer.slots ?? []).entries()) {
      for (const [name, value] of Object.entries(written)) {
        const place = locateValue(text, value, slots);
        if (!place) dropped++;
        else
          slots.push({
            name,
            value: text.text.slice(place.start, place.end),
            ...place,
            confidence: confidences[firstSlot + i] ?? 0,
          });
      }
    }
  }
  return { slots: slots.sort((a, b) => a.start - b.start), dropped };
}

/** The topics that the windows named, best first: a window's confidence weighs as much as its share of the text's tokens. */
function topicsOf(forwards: readonly Forward[], runs: readonly Timed<readonly ForwardAnswer[]>[]) {
  const total = forwards.reduce((sum, { ids }) => sum + Math.max(1, ids.length), 0);
  const sums = new Map<string, number>();
  for (const [i, { value }] of runs.entries()) {
    for (const { answer, confidences } of value) {
      if (answer.topic === undefined) continue;
      const share = Math.max(1, forwards[i]!.ids.length) / total;
      sums.set(answer.topic, (sums.get(answer.topic) ?? 0) + share * (confidences.at(-1) ?? 0));
    }
  }
  return [...sums].map(([name, confidence]) => ({ name, confidence })).sort((a, b) => b.confidence - a.confidence);
}
