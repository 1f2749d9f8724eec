import type { Screen } from "../screen.js";

/** What a command meets outside itself. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when what has been measured so far is wanted. */
  readonly stop: AbortSignal;
  readonly stdout: Screen;
  readonly stderr: Screen;
}
