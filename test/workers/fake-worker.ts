import { existsSync, writeFileSync } from "node:fs";
import { bundleAt } from "../../src/bundle/bundle.js";
import type { ScoreRequest, Scores, WrittenAnswer } from "../../src/engines/engine.js";
import { EngineError } from "../../src/errors.js";
import type { TaskName } from "../../src/tasks/task.js";
import { startHeartbeat } from "../../src/workers/heart.js";
import { serve } from "../../src/workers/serve.js";
import { FakeEngine, fakeEngines } from "../classify/fakes.js";

/**
 * A worker whose engine does what a text says: "kill" ends the process, "kill once FILE" unless FILE is there, "hang" blocks
 * the main thread, "stop" stops the process, "stuck" never answers, "leak" takes 150 MB, "fail" throws, "slow" takes a while.
 */
class MoodyEngine extends FakeEngine {
  static readonly hoard: Buffer[] = [];

  override async score(
    requests: readonly ScoreRequest[],
    tasks: readonly TaskName[],
    signal: AbortSignal,
  ): Promise<(Scores | WrittenAnswer)[]> {
    for (const { text } of requests) await this.#act(text.text.split(" "), signal);
    const scores = await super.score(requests, tasks, signal);
    return scores.map((score) => ({ ...score, cachedTokens: process.pid })); // tells who has answered
  }

  async #act([what, ...rest]: string[], signal: AbortSignal): Promise<void> {
    const file = rest.at(-1) ?? "";
    if (what === "kill" && (rest[0] !== "once" || !existsSync(file))) {
      if (rest[0] === "once") writeFileSync(file, "");
      process.kill(process.pid, "SIGKILL");
      await new Promise(() => undefined);
    }
    if (what === "stop") process.kill(process.pid, "SIGSTOP");
    if (what === "hang") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    if (what === "stuck") await new Promise(() => undefined);
    if (what === "leak") MoodyEngine.hoard.push(Buffer.alloc(150 * 2 ** 20, 1));
    if (what === "fail") throw new EngineError(this.name, new Error("no memory"));
    if (what === "slow") await new Promise((resolve) => setTimeout(resolve, 300));
    signal.throwIfAborted();
  }
}

startHeartbeat();
serve((assignment) => {
  const { folder, manifest, options } = assignment;
  const bundle = bundleAt(folder, manifest);
  if (manifest.description === "aborts") process.abort();
  if (manifest.description === "can't be opened") throw new RangeError("no such device");
  const engines = fakeEngines(bundle).filter(({ name }) => options.engines?.includes(name) ?? true);
  return Promise.resolve(engines.map(({ name }) => new MoodyEngine(bundle, name)));
});
