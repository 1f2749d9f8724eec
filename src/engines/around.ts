import type { Bundle } from "../bundle/bundle.js";
import type { TaskName } from "../tasks/task.js";
import type { Engine, EngineName, RuntimeName, ScoreRequest, Scores, WrittenAnswer } from "./engine.js";

/** An engine that asks another one. Whoever extends it says what it does differently; all else is the other's. */
export abstract class EngineAround implements Engine {
  readonly name: EngineName;
  readonly runtime: RuntimeName;
  readonly bundle: Bundle;
  readonly places?: number;

  constructor(protected readonly inner: Engine) {
    this.name = inner.name;
    this.runtime = inner.runtime;
    this.bundle = inner.bundle;
    if (inner.places !== undefined) this.places = inner.places;
  }

  abstract score(
    requests: readonly ScoreRequest[],
    tasks: readonly TaskName[],
    signal: AbortSignal,
  ): Promise<(Scores | WrittenAnswer)[]>;

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
