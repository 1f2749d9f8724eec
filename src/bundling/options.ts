import type { TaskName } from "../tasks/task.js";

/** What a bundle of encoders is made of. */
export interface Options {
  /** Folder of each task's model, absolute. */
  readonly folders: ReadonlyMap<TaskName, string>;
  readonly out: string;
  readonly name: string;
  readonly file?: string | undefined;
  readonly outputs: Partial<Record<TaskName, string>>;
  /** Group by topic. */
  readonly groups?: Readonly<Record<string, string>> | undefined;
  readonly lowercase: boolean;
  readonly schedule: "in-turn" | "side-by-side";
  readonly version: string;
  readonly description?: string | undefined;
  readonly language: string;
  readonly license: string;
  readonly hardLink: boolean;
}
