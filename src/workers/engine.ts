import type { Bundle } from "../bundle/bundle.js";
import type { Engine, EngineName, RuntimeName, ScoreRequest, Scores, WrittenAnswer } from "../engines/engine.js";
import { sharingEngines } from "../engines/offered.js";
import type { TaskName } from "../tasks/task.js";
import type { RestartReason } from "./keeper.js";
import type { OpenedEngine } from "./protocol.js";
import { WorkerGroup, type GroupOptions, type WorkerState } from "./group.js";

export interface WorkerOptions extends Omit<GroupOptions, "onRestart"> {
  readonly onRestart: (engine: EngineName, reason: RestartReason, detail: unknown, worker: number) => void;
  /** Given a look at the workers of an engine for as long as they are open. */
  readonly watch?: ((engine: EngineName, states: () => readonly WorkerState[]) => Disposable) | undefined;
}

/**
 * Opens a bundle in worker processes, warm: engines that share what is loaded share their workers, which go by the name of
 * the first. The caller disposes of each. @throws BundleError, and nothing stays open
 */
export async function openWorkers(bundle: Bundle, options: WorkerOptions): Promise<Engine[]> {
  const opened: Engine[] = [];
  try {
    for (const engines of sharingEngines(bundle, options.engines)) {
      opened.push(...(await openGroup(bundle, engines, options)));
    }
    return opened;
  } catch (error) {
    for (const engine of opened) await engine[Symbol.asyncDispose]();
    throw error;
  }
}

async function openGroup(bundle: Bundle, names: readonly EngineName[], options: WorkerOptions): Promise<Engine[]> {
  const first = names[0]!;
  const { group, engines } = await WorkerGroup.open(bundle, {
    ...options,
    engines: { ...options.engines, engines: names },
    onRestart: (...restart) => {
      options.onRestart(first, ...restart);
    },
  });
  const watching = options.watch?.(first, () => group.states);
  let open = engines.length;
  const close = async () => {
    if (--open > 0) return;
    watching?.[Symbol.dispose]();
    await group.close();
  };
  return engines.map((opened) => new WorkerEngine(group, opened, close));
}

/** An engine whose model lives in other processes: what happens to them there happens to no other engine. */
class WorkerEngine implements Engine {
  readonly name: EngineName;
  readonly runtime: RuntimeName;
  readonly device: string | undefined;
  readonly places?: number;
  #close: (() => Promise<void>) | undefined;

  constructor(
    private readonly group: WorkerGroup,
    { name, runtime, device, places }: OpenedEngine,
    close: () => Promise<void>,
  ) {
    this.name = name;
    this.runtime = runtime;
    this.device = device;
    if (places !== undefined) this.places = places * group.size;
    this.#close = close;
  }

  get bundle(): Bundle {
    return this.group.bundle;
  }

  get available(): boolean {
    return this.group.available;
  }

  async score(
    requests: readonly ScoreRequest[],
    tasks: readonly TaskName[],
    signal: AbortSignal,
  ): Promise<(Scores | WrittenAnswer)[]> {
    signal.throwIfAborted();
    const calledAt = performance.now();
    const { scores, tookMs } = await this.#order("score", requests, tasks, signal);
    // The way there and back is time in which nothing was run, as waiting is.
    const wayMs = performance.now() - calledAt - tookMs;
    return scores.map((score) => ({ ...score, queueMs: score.queueMs + wayMs }));
  }

  async check(requests: readonly ScoreRequest[], tasks: readonly TaskName[]): Promise<void> {
    await this.#order("check", requests, tasks, new AbortController().signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const close = this.#close;
    this.#close = undefined;
    await close?.();
  }

  #order(
    call: "score" | "check",
    requests: readonly ScoreRequest[],
    tasks: readonly TaskName[],
    signal: AbortSignal,
  ): ReturnType<WorkerGroup["score"]> {
    const texts = requests.map(({ text, truncate, field }) => ({ text: text.text, truncate, field }));
    return this.group.score({ call, engine: this.name, texts, tasks }, signal);
  }
}
