import type { EngineName } from "../../engines/engine.js";
import type { TaskName } from "../../tasks/task.js";
import type { PerturbationName } from "./perturb.js";
import type { Thresholds } from "./thresholds.js";

/** Rows drawn from those of a file. */
export interface Sample {
  readonly size: number;
  readonly seed: number;
}

export interface Options {
  readonly bundle: string;
  readonly data: readonly string[];
  readonly engine?: EngineName | undefined;
  /** What was asked for; absent: all that rows and bundle have in common. */
  readonly tasks?: readonly TaskName[] | undefined;
  readonly limit?: number | undefined;
  readonly sample?: Sample | undefined;
  readonly cut: boolean;
  readonly stripHeaders: boolean;
  readonly perturb?: PerturbationName | undefined;
  readonly json?: string | undefined;
  readonly outcomes: boolean;
  readonly thresholds: Thresholds;
}
