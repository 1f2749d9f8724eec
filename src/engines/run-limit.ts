import type { Bundle } from "../bundle/bundle.js";
import { EngineError } from "../errors.js";
import type { TaskName } from "../tasks/task.js";
import type { Engine, EngineName, RuntimeName, ScoreRequest, Scores, WrittenAnswer } from "./engine.js";

/**
 * An engine whose runs may take only so long: one that hangs has failed while somebody still waits for an answer, so that
 * another engine can give it. Stands below whatever lets requests wait: only the engine's own time counts.
 */
export class RunLimitedEngine implements Engine {
  readonly name: EngineName;
  readonly runtime: RuntimeName;
  readonly bundle: Bundle;
  readonly places?: number;

  constructor(
    private readonly inner: Engine,
    private readonly limitMs: number,
  ) {
    this.name = inner.name;
    this.runtime = inner.runtime;
    this.bundle = inner.bundle;
    if (inner.places !== undefined) this.places = inner.places;
  }

  /** @throws EngineError after `limitMs`; by then the engine is told to stop, as far as it can */
  async score(
    requests: readonly ScoreRequest[],
    tasks: readonly TaskName[],
    signal: AbortSignal,
  ): Promise<(Scores | WrittenAnswer)[]> {
    signal.throwIfAborted();
    const stop = new AbortController();
    const callerGone = () => {
      stop.abort(signal.reason);
    };
    signal.addEventListener("abort", callerGone, { once: true });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new EngineError(this.name, new Error(`it has not answered within ${this.limitMs} ms`));
        reject(error);
        stop.abort(error);
      }, this.limitMs);
    });
    try {
      return await Promise.race([this.inner.score(requests, tasks, stop.signal), late]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", callerGone);
    }
  }

  get device(): string | undefined {
    return this.inner.device;
  }

  get available(): boolean {
    return this.inner.available !== false;
  }

  async check(requests: readonly ScoreRequest[], tasks: readonly TaskName[]): Promise<void> {
    await this.inner.check?.(requests, tasks);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.inner[Symbol.asyncDispose]();
  }
}
