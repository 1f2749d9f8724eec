import type { TaskName } from "../../tasks/task.js";
import type { Wish } from "./targets.js";
import type { SetName } from "./texts.js";

/** What `onepass loadtest` measures, and where it writes. */
export interface Options {
  readonly quick: boolean;
  readonly url?: string | undefined;
  readonly port?: number | undefined;
  readonly gpu: boolean;
  /** What was asked for; absent: the usual targets. */
  readonly targets?: readonly Wish[] | undefined;
  readonly tasks: readonly TaskName[];
  readonly set: SetName;
  readonly texts?: string | undefined;
  readonly clients: readonly number[];
  /** Per cent of a target's capacity; empty: no open loop. */
  readonly loads: readonly number[];
  readonly rounds?: number | undefined;
  readonly blockMs?: number | undefined;
  readonly loadMs: number;
  readonly seed: number;
  readonly accuracy?: string | undefined;
  readonly json?: string | undefined;
  readonly html?: string | undefined;
  readonly markdown?: string | undefined;
  readonly dryRun: boolean;
}
