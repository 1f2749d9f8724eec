import type { EngineName } from "../../engines/engine.js";
import type { TaskName } from "../../tasks/task.js";

/** What is asked while a server is profiled. */
export interface Options {
  readonly engine: EngineName;
  readonly model?: string | undefined;
  readonly seconds: number;
  readonly clients: number;
  readonly text: string;
  readonly tasks: readonly TaskName[];
  readonly out: string;
}
