import { join } from "node:path";
import { PACKAGE_ROOT } from "../../package.js";

export interface CheckPlan {
  /** SIGTERM restarts, one server after the other, after the rolling one. */
  readonly restarts: number;
  /** Of load before and after each fault. */
  readonly calmMs: number;
}

export interface Options extends CheckPlan {
  readonly clients: number;
  readonly pauseMs: number;
  /** Folder and name of the bundle that the servers answer with. */
  readonly modelsDir: string;
  readonly model: string;
  readonly json?: string | undefined;
}

/** Random weights, a few kilobytes: the proxy is tried, not the model. */
export const TINY = { modelsDir: join(PACKAGE_ROOT, "test/fixtures"), model: "tiny-prefix" };
