import type { Manifest } from "../bundle/manifest.js";
import type { EngineName, RuntimeName, Scores, WrittenAnswer } from "../engines/engine.js";
import type { EngineOptions } from "../engines/load.js";
import type { TaskName } from "../tasks/task.js";
import type { PackedError } from "./packed-error.js";

/** What a worker is to open: sent first. Everything here is plain data, cloned on its way between processes. */
export interface Assignment {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Read the bundle again, as it is on the disk now, and refuse it when it is no longer the one of `manifest`. */
  readonly prove: boolean;
  readonly options: PlainOptions;
}

/** What can be sent of an engine's options. */
export type PlainOptions = Omit<EngineOptions, "onBatch" | "openLlama">;

/** A call of `Engine.score`. Texts travel as they were written: cutting one again is cheaper than cloning its pieces. */
export interface ScoreOrder {
  /** `check` runs nothing and has no scores. */
  readonly call: "score" | "check";
  readonly engine: EngineName;
  readonly texts: readonly { readonly text: string; readonly truncate: boolean; readonly field: string }[];
  readonly tasks: readonly TaskName[];
}

export type ToWorker =
  /** Sent ahead of an assignment that will come: what can be done without knowing of which bundle. */
  | { readonly kind: "prepare"; readonly options: PlainOptions }
  | ({ readonly kind: "open" } & Assignment)
  | ({ readonly kind: "score"; readonly id: number } & ScoreOrder)
  | { readonly kind: "abort"; readonly id: number }
  | { readonly kind: "close" };

/** An engine that a worker has opened. */
export interface OpenedEngine {
  readonly name: EngineName;
  readonly runtime: RuntimeName;
  readonly device: string | undefined;
  readonly places: number | undefined;
}

/** A run of a model, for the metrics of the process that answers. */
export interface Batch {
  readonly engine: EngineName;
  readonly prompts: number;
  readonly tokens: number;
}

/** What came of an order. `tookMs`: in the worker, without the way there and back. */
export type Outcome =
  | { readonly kind: "scored"; readonly scores: readonly (Scores | WrittenAnswer)[]; readonly tookMs: number }
  | { readonly kind: "failed"; readonly error: PackedError };

export type FromWorker =
  | { readonly kind: "ready"; readonly engines: readonly OpenedEngine[] }
  | { readonly kind: "refused"; readonly error: PackedError }
  | ({ readonly id: number; readonly batches: readonly Batch[] } & Outcome);
