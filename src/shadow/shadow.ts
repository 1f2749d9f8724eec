import { attempt, type Attempt, type Question } from "../classify/attempt.js";
import { isReady, type ReadyEntry } from "../classify/choose.js";
import { withDeadline } from "../classify/deadline.js";
import { effortOf } from "../classify/effort.js";
import type { EnginePool } from "../classify/pool.js";
import type { GivenAnswer } from "../classify/service.js";
import { ENGINE_NAMES } from "../engines/engine.js";
import { OnepassError, OverloadedError } from "../errors.js";
import type { Answered } from "../metrics/engines.js";
import type { Metrics } from "../metrics/metrics.js";
import { sampler, type Sampler } from "../statistics/sampling.js";
import { agreementOf, disagreeing } from "./agreement.js";
import { keptAnswers, type KeepTexts } from "./kept.js";
import type { ShadowSummary } from "./summary.js";
import { Tally, type Times } from "./tally.js";

export interface ShadowOptions {
  /** Who is asked, too: a model, as `name` or `name@version`, or an engine. */
  readonly name: string;
  /** Of the answered requests, 0 to 1. */
  readonly share: number;
  readonly timeoutMs: number;
  readonly keepTexts: KeepTexts;
  readonly random?: () => number;
}

/** Reloads bring new versions; a pair that is not seen any more makes room. */
const MOST_PAIRS = 16;

/**
 * Asks another engine what a sample of the requests was answered, after the answer has gone, and tells how far the two agree.
 *
 * One request at a time and none waits, so that a shadow takes a bounded part of the machine: a sample that finds it at work,
 * or the server with more requests than it runs at once, is dropped. Nothing of it ever reaches a caller.
 */
export class Shadow implements Disposable {
  readonly #isSampled: Sampler;
  readonly #tallies = new Map<string, Tally>();
  readonly #closing = new AbortController();
  readonly #since = new Date().toISOString();
  #running = false;
  #dropped = 0;

  constructor(
    private readonly pool: EnginePool,
    private readonly metrics: Metrics,
    private readonly options: ShadowOptions,
  ) {
    this.#isSampled = sampler(options.share, options.random);
  }

  /** Returns at once and never throws. */
  observe(answer: GivenAnswer): void {
    if (!this.#isSampled()) return;
    const entry = this.#entry();
    if (entry?.engine === answer.attempt.entry.engine) return;
    const tasks = answer.question.tasks.filter((task) => entry?.bundle.manifest.tasks[task]);
    if (entry && tasks.length === 0) return;
    if (!entry || !this.idle || this.#closing.signal.aborted || isCrowded(answer)) {
      this.#drop();
      return;
    }
    this.#running = true;
    // After the answer: what is sent in this turn of the event loop is sent first.
    setImmediate(() => {
      void this.#compare(entry, { ...answer.question, tasks }, answer).finally(() => {
        this.#running = false;
      });
    });
  }

  /** Whether it would take a sample now. */
  get idle(): boolean {
    return !this.#running;
  }

  summary(): ShadowSummary {
    const { name, share } = this.options;
    return {
      shadow: { name, share },
      since: this.#since,
      dropped: this.#dropped,
      pairs: [...this.#tallies.values()].map((tally) => tally.summary()),
    };
  }

  /** Asks nothing more, and gives up what runs. */
  [Symbol.dispose](): void {
    this.#closing.abort(new OnepassError("not_ready", 503, "The server is stopping."));
  }

  async #compare(entry: ReadyEntry, question: Question, answer: GivenAnswer): Promise<void> {
    const tally = this.#tallyOf(answer.attempt.entry, entry);
    const answerer = answererOf(entry);
    try {
      const other = await withDeadline(this.options.timeoutMs, this.#closing.signal, (signal) =>
        attempt(entry, question, signal),
      );
      this.#tell(tally, answer, other);
      this.metrics.shadow.asked(answerer, "compared");
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      if (error instanceof OverloadedError) {
        this.#drop();
        return;
      }
      const code = error instanceof OnepassError ? error.code : "internal";
      tally.failed(code);
      this.metrics.shadow.asked(answerer, "failed");
    }
  }

  #tell(tally: Tally, { id, attempt: own, effort }: GivenAnswer, other: Attempt): void {
    const agreements = own.results.map((result, i) => agreementOf(result, other.results[i]!));
    const times = timesOf(effort, effortOf(other));
    tally.compared(agreements, times);
    this.metrics.shadow.compared(answererOf(own.entry), answererOf(other.entry), agreements, times);
    for (const [index, agreement] of agreements.entries()) {
      const tasks = disagreeing(agreement);
      if (tasks.length === 0) continue;
      const [one, two] = [own.results[index]!, other.results[index]!];
      const kept = keptAnswers(tasks, one, two, this.options.keepTexts);
      tally.disagreed({ id, index, at: new Date().toISOString(), tasks, ...kept });
    }
  }

  #drop(): void {
    this.#dropped += 1;
    this.metrics.shadow.dropped();
  }

  #entry(): ReadyEntry | undefined {
    const { name } = this.options;
    const engine = ENGINE_NAMES.find((one) => one === name);
    const entry = this.pool.byModel(name) ?? (engine && this.pool.byEngine(engine));
    return entry && isReady(entry) ? entry : undefined;
  }

  #tallyOf(own: ReadyEntry, other: ReadyEntry): Tally {
    const key = [own.model, own.engineName, other.model, other.engineName].join(" ");
    const tally = this.#tallies.get(key) ?? new Tally(answererOf(own), answererOf(other));
    this.#tallies.delete(key); // a map keeps the order of insertion: the pair that was seen last stands last
    this.#tallies.set(key, tally);
    const [oldest] = this.#tallies.keys();
    if (this.#tallies.size > MOST_PAIRS && oldest !== undefined) this.#tallies.delete(oldest);
    return tally;
  }
}

/** A request that waited longer than it ran: the machine has more to do than it can, and no time for a second opinion. */
function isCrowded({ effort: { queueMs, inferenceMs } }: GivenAnswer): boolean {
  return queueMs > inferenceMs;
}

/** Undefined when a cache knew an answer: then nothing was run. */
function timesOf(answerer: Answered, shadow: Answered): Times | undefined {
  if (answerer.cachedTexts > 0 || shadow.cachedTexts > 0) return undefined;
  return { answererMs: answerer.inferenceMs, shadowMs: shadow.inferenceMs };
}

function answererOf({ model, engineName: engine }: ReadyEntry) {
  return { model, engine };
}
