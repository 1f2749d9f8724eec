import { setMaxListeners } from "node:events";
import type { ScoreRequest, Scores, WrittenAnswer } from "../engines/engine.js";
import type { TaskName } from "../tasks/task.js";
import type { Claim } from "./fair-queue.js";

type Score = Scores | WrittenAnswer;

/** A request on its way through a queue: its texts run one by one, and it is answered when the last is. */
export class Job implements Claim {
  readonly done: Promise<Score[]>;
  readonly #submittedAt = performance.now();
  readonly #controller = new AbortController();
  readonly #scores: Score[] = [];
  #left: number;
  #tokenizeMs = 0;
  #resolve!: (scores: Score[]) => void;
  #reject!: (reason: unknown) => void;

  constructor(
    readonly requests: readonly ScoreRequest[],
    readonly tasks: readonly TaskName[],
    readonly tokens: readonly number[],
    readonly deadlineAt: number,
  ) {
    this.#left = requests.length;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    setMaxListeners(0, this.signal); // one a text that runs
  }

  /** Aborted when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The score of a text that was given to the engine at `startedAt`. The last one answers the request. */
  finish(text: number, score: Score, startedAt: number): void {
    this.#scores[text] = { ...score, queueMs: startedAt - this.#submittedAt + score.queueMs };
    this.#tokenizeMs += score.tokenizeMs;
    if (--this.#left > 0) return;
    // Of the request and not of the text, as every engine tells it.
    this.#resolve(this.#scores.map((own) => ({ ...own, tokenizeMs: this.#tokenizeMs })));
  }

  /** Rejects the request, and tells the engine that the rest of it is not wanted. */
  fail(reason: unknown): void {
    this.#reject(reason);
    this.#controller.abort(reason);
  }
}
