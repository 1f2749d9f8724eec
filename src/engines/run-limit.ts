import { EngineError } from "../errors.js";
import type { TaskName } from "../tasks/task.js";
import { EngineAround } from "./around.js";
import type { Engine, ScoreRequest, Scores, WrittenAnswer } from "./engine.js";

/**
 * An engine whose runs may take only so long: one that hangs has failed while somebody still waits for an answer, so that
 * another engine can give it. Stands below whatever lets requests wait: only the engine's own time counts.
 */
export class RunLimitedEngine extends EngineAround {
  constructor(
    inner: Engine,
    private readonly limitMs: number,
  ) {
    super(inner);
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
}
