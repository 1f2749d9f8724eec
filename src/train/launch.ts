import { resolve } from "node:path";
import { PACKAGE_ROOT } from "../package.js";
import { TrainingFailed } from "./errors.js";
import { parseEvent, type TrainingEvent } from "./events.js";
import type { ModelKind, TrainOptions } from "./options.js";
import { run } from "./process.js";

/** `training.own` says so with this exit code: its checkpoint is there. */
const INTERRUPTED = 130;

export interface Launch {
  readonly python: string;
  /** Where rows and checkpoints lie. */
  readonly work: string;
  /** Where weights to start from are kept that had to be fetched. */
  readonly bases: string;
  readonly model: ModelKind;
  /** Of the bundle. */
  readonly name: string;
  readonly reject: string | undefined;
  readonly stop: AbortSignal;
  readonly onEvent: (event: TrainingEvent) => void;
}

export type Trained = Extract<TrainingEvent, { event: "done" }>;

/** Trains and exports; undefined when it was stopped. @throws TrainingFailed */
export async function launch(
  options: Pick<TrainOptions, "base" | "version" | "license" | "quick" | "seed">,
  { python, work, bases, model, name, reject, stop, onEvent }: Launch,
): Promise<Trained | undefined> {
  const { base, version, license, quick, seed } = options;
  const args = ["-m", "training.own", "--work", work, "--model", model, "--name", name];
  args.push(...(base === undefined ? ["--bases", bases] : ["--base", resolve(base)]));
  args.push("--version", version, "--license", license, "--seed", String(seed));
  if (quick) args.push("--quick");
  if (reject !== undefined) args.push("--reject", reject);
  let done: Trained | undefined;
  const { code, complaint } = await run(python, args, {
    cwd: PACKAGE_ROOT,
    env: { PYTHONPATH: PACKAGE_ROOT, PYTHONUNBUFFERED: "1" },
    stop,
    onLine: (line) => {
      const event = parseEvent(line);
      if (event?.event === "done") done = event;
      if (event) onEvent(event);
    },
  });
  if (code === INTERRUPTED || stop.aborted) return undefined;
  if (code !== 0 || !done) throw new TrainingFailed(`Training failed (exit code ${code}):\n${complaint.trim()}`);
  return done;
}
