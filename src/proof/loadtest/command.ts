import type { Screen } from "../../screen.js";
import { seeded } from "../../statistics/random.js";
import { accuracyOf, readAccuracy } from "./accuracy.js";
import { bundlesFor, findBundles, modelsDir, type FoundBundle } from "./bundles.js";
import { Calibration } from "./calibration.js";
import { servedEngines } from "./discover.js";
import { currentCommit, describeEnvironment } from "./environment.js";
import { LoadTestError, ServerGoneError } from "./errors.js";
import type { Options } from "./options.js";
import { makeRoom, writeReport } from "./output.js";
import { describePlan, makePlan } from "./plan.js";
import { makeReport } from "./report.js";
import { run, type Findings } from "./run.js";
import { runningServer, startServer, untilLoaded, type Server } from "./server.js";
import { chooseTargets, USUAL, type LeftOut, type Target, type Wish } from "./targets.js";
import { ownSet, readTexts, SET_NAMES, type TextSet } from "./texts.js";

/** What the command meets outside itself. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when what has been measured so far is wanted. */
  readonly stop: AbortSignal;
  /** When it all began, on the clock of `performance.now()`: 0 is the start of the process. */
  readonly startedMs: number;
  readonly stdout: Screen;
  readonly stderr: Screen;
}

/** Exit codes; `interrupted` is 128 + SIGINT, as shells have it. */
const EXIT = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** The command, step by step. */
class LoadTest {
  readonly #plan;
  readonly #wishes: readonly Wish[];
  readonly #dirs: string;

  constructor(
    private readonly options: Options,
    private readonly surroundings: Surroundings,
  ) {
    this.#plan = makePlan(options);
    this.#wishes = options.targets ?? USUAL;
    this.#dirs = modelsDir(surroundings.env);
  }

  async run(): Promise<number> {
    const { options, surroundings } = this;
    const { stop } = surroundings;
    const sets = await this.#texts();
    const given = options.accuracy === undefined ? {} : await readAccuracy(options.accuracy);
    const bundles = await findBundles(this.#dirs);
    if (options.dryRun) return this.#dryRun(bundles);
    await makeRoom(options);

    await using server = await this.#server(bundles);
    await untilLoaded(server, stop);
    const served = await servedEngines(server.url, stop);
    const { targets, leftOut } = chooseTargets(this.#wishes, served);
    if (targets.length === 0) throw new LoadTestError(`there is nothing to measure: ${describe(leftOut)}`);
    for (const left of leftOut) this.#say(`left out: ${describe([left])}`);
    const context = {
      options,
      sets: this.#plan.sets,
      environment: await describeEnvironment(server, stop),
      commit: await currentCommit(),
      accuracy: { ...(await accuracyOf(targets, bundles, served)), ...given },
      leftOut,
    };
    const { findings, failure } = await this.#measure(server, targets, sets);
    const seconds = Math.round((performance.now() - surroundings.startedMs) / 100) / 10;
    const report = makeReport(findings, { ...context, seconds, ...(failure !== undefined && { failure }) });
    surroundings.stdout.write(await writeReport(report, options));
    if (stop.aborted) return EXIT.interrupted;
    return failure === undefined ? EXIT.done : EXIT.failed;
  }

  async #texts(): Promise<TextSet[]> {
    const { texts } = this.options;
    if (texts !== undefined) return [await readTexts(texts)];
    return this.#plan.sets.map((name) => ownSet(SET_NAMES.find((known) => known === name) ?? this.options.set));
  }

  #dryRun(bundles: readonly FoundBundle[]): number {
    const { url, seed } = this.options;
    const targets = this.#wishes.map(({ label, engine, model = "" }) => ({ label, engine, model }));
    const here = new Set(bundles.map(({ name }) => name));
    const lines = [
      "Nothing is started. What would be run:",
      url === undefined ? `server: started here on ${this.#dirs}` : `server: ${url}`,
      "targets:",
      ...targets.map(({ label, model }) => {
        const missing = url === undefined && model !== "" && !here.has(model.replace(/@.*/, ""));
        return `  ${label}${model === "" ? "" : ` (${model}${missing ? ", not here: left out" : ""})`}`;
      }),
      ...(this.options.gpu ? ["GPU: ONEPASS_GPU=cuda"] : []),
      ...describePlan(this.#plan, targets, seeded(seed)),
    ];
    this.surroundings.stdout.write(lines.join("\n") + "\n");
    return EXIT.done;
  }

  /** The server to measure. */
  async #server(bundles: readonly FoundBundle[]): Promise<Server> {
    const { url, port, gpu } = this.options;
    if (url !== undefined) return runningServer(url);
    this.#say("starting a server");
    const { env, stop } = this.surroundings;
    const settings = {
      ONEPASS_MODELS: bundlesFor(this.#wishes, bundles).join(","),
      ...env,
      ONEPASS_MODELS_DIR: this.#dirs,
      ...(gpu && { ONEPASS_GPU: "cuda" }),
    };
    return startServer(settings, port, stop);
  }

  /** Whatever was measured, and why it was not all. */
  async #measure(server: Server, targets: readonly Target[], sets: readonly TextSet[]) {
    const { tasks, seed } = this.options;
    const { stop, startedMs } = this.surroundings;
    const findings: Findings = { warmUps: [], leftOut: [], blocks: [], calibrations: [], warnings: [] };
    await using calibration = await Calibration.start();
    const calibrate = () => calibration.measure();
    const progress = (message: string) => {
      this.#say(message);
    };
    const plan = this.#plan;
    try {
      await run({ plan, server, targets, sets, tasks, seed, stop, startedMs, calibrate, progress }, findings);
      return findings.warmUps.length > 0 ? { findings } : { findings, failure: "no target answered" };
    } catch (error) {
      if (stop.aborted) return { findings, failure: "interrupted" };
      if (!(error instanceof ServerGoneError)) throw error;
      this.#say(error.message);
      return { findings, failure: error.message };
    }
  }

  #say(message: string): void {
    this.surroundings.stderr.write(message + "\n");
  }
}

const describe = (left: readonly LeftOut[]): string =>
  left.map(({ label, reason }) => `${label} (${reason})`).join("; ");

/** `onepass loadtest`. Returns the exit code. @throws LoadTestError, ServerGoneError */
export function loadtestCommand(options: Options, surroundings: Surroundings): Promise<number> {
  return new LoadTest(options, surroundings).run();
}
