export const MODELS = ["encoder", "decoder"] as const;
export type ModelKind = (typeof MODELS)[number];

export interface DataOptions {
  /** Files, or folders of them. */
  readonly files: readonly string[];
  readonly dev: readonly string[];
  readonly test: readonly string[];
  /** Of train, set aside for dev where there is no dev. */
  readonly share: number;
  readonly seed: number;
  /** The intent that stands for none of the others; absent, one by a usual name. */
  readonly outOfScope?: string | undefined;
}

export interface EnvironmentOptions {
  /** Folder of a Python environment, used or made; absent: one in the cache. */
  readonly environment?: string | undefined;
  /** What makes it. */
  readonly python: string;
  /** Where torch is installed from; absent: from where pip takes everything. */
  readonly torchIndex?: string | undefined;
  /** Nobody is asked. */
  readonly yes: boolean;
}

export interface TrainOptions extends DataOptions, EnvironmentOptions {
  readonly out: string;
  readonly models: readonly ModelKind[];
  /** A bundle's folder or weights to start from; absent: what is best to start from. */
  readonly base?: string | undefined;
  readonly version: string;
  readonly license: string;
  readonly quick: boolean;
  /** For what a stopped training needs to go on; absent: in the cache. */
  readonly work?: string | undefined;
  readonly json: boolean;
}
