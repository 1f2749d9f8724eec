import { bundleId, type Bundle } from "../bundle/bundle.js";
import type { Discovery, FaultyBundle } from "../bundle/discover.js";
import { BundleRegistry } from "../bundle/registry.js";
import type { Engine, EngineName } from "../engines/engine.js";
import { OnepassError } from "../errors.js";
import type { Metrics } from "../metrics.js";
import { parseTagSet, type TagSet } from "../tasks/bio.js";

export type EngineState = "loading" | "ready" | "failed";

/** A bundle of this server and the engine that it becomes. */
export interface PoolEntry {
  /** `name@version` */
  readonly model: string;
  readonly engineName: EngineName;
  readonly bundle: Bundle;
  /** Present when the bundle answers slots. */
  readonly tags: TagSet | undefined;
  readonly state: EngineState;
  /** Present when ready. */
  readonly engine?: Engine;
  /** Present when failed. */
  readonly error?: unknown;
}

export interface PoolOptions {
  /** Turns a bundle into a warm engine. */
  readonly load: (bundle: Bundle) => Promise<Engine>;
  readonly metrics: Metrics;
  /** Told of every engine that is ready or has failed. */
  readonly onChange?: (entry: PoolEntry) => void;
  /** `name` or `name@version`. Unset: the first bundle of engine `single-pass`, or else the first. */
  readonly defaultModel?: string | undefined;
  /** `name` or `name@version`. Unset: the first bundle of engine `dual-encoder`; `none`: no fallback. */
  readonly fallbackModel?: string | undefined;
}

/** The engines of a server and who of them is the default and the fallback. */
export class EnginePool implements AsyncDisposable {
  readonly #entries = new Map<Bundle, PoolEntry>();
  #registry = new BundleRegistry([]);
  #faulty: readonly FaultyBundle[] = [];
  #opening: Promise<void> | undefined;
  #opened = false;
  #closed = false;

  constructor(private readonly options: PoolOptions) {}

  /** Every bundle, in order of name and version. */
  get entries(): PoolEntry[] {
    return [...this.#entries.values()];
  }

  get faulty(): readonly FaultyBundle[] {
    return this.#faulty;
  }

  /** Whether every engine has been loaded or has failed. */
  get opened(): boolean {
    return this.#opened;
  }

  /** Undefined while nothing is known, or when the default is a faulty bundle. */
  get default(): PoolEntry | undefined {
    const { defaultModel } = this.options;
    if (defaultModel !== undefined) return this.byModel(defaultModel);
    return this.entries.find(({ engineName }) => engineName === "single-pass") ?? this.entries[0];
  }

  /** Undefined when the default would fall back on itself. */
  get fallback(): PoolEntry | undefined {
    const { fallbackModel } = this.options;
    const entry =
      fallbackModel === undefined
        ? this.entries.find(({ engineName }) => engineName === "dual-encoder")
        : this.byModel(fallbackModel);
    return entry?.bundle === this.default?.bundle ? undefined : entry;
  }

  /** Whether a request that names no model will be answered. */
  get ready(): boolean {
    return [this.default, this.fallback].some((entry) => entry?.state === "ready");
  }

  /** model: `name` (its highest version) or `name@version`. */
  byModel(model: string): PoolEntry | undefined {
    const bundle = this.#registry.resolve(model);
    return bundle && this.#entries.get(bundle);
  }

  /** The first bundle with an engine; the default before all others. */
  byEngine(engine: EngineName): PoolEntry | undefined {
    const preferred = this.default;
    return preferred?.engineName === engine ? preferred : this.entries.find(({ engineName }) => engineName === engine);
  }

  /**
   * Loads the engines one after the other, the default first and the fallback next, so that the server answers soon.
   * A failure is kept in the entry: the others still serve.
   */
  open({ bundles, faulty }: Discovery): Promise<void> {
    this.#registry = new BundleRegistry(bundles);
    this.#faulty = faulty;
    for (const bundle of bundles) this.#set(loading(bundle));
    this.#opening = this.#loadAll();
    return this.#opening;
  }

  /** Closes what is open, after the engine that is being loaded: native code can't be interrupted. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#opening;
    await Promise.all(this.entries.map(async ({ engine }) => engine?.[Symbol.asyncDispose]()));
  }

  async #loadAll(): Promise<void> {
    const first = [this.default, this.fallback].filter((entry) => entry !== undefined);
    for (const entry of new Set([...first, ...this.entries])) {
      if (this.#closed) return;
      try {
        this.#set({ ...entry, state: "ready", engine: await this.options.load(entry.bundle) });
      } catch (error) {
        this.#set({ ...entry, state: "failed", error });
      }
    }
    this.#opened = true;
  }

  #set(entry: PoolEntry): void {
    this.#entries.set(entry.bundle, entry);
    this.options.metrics.engineReady({ model: entry.model, engine: entry.engineName }, entry.state === "ready");
    if (entry.state !== "loading") this.options.onChange?.(entry);
  }
}

/** Why a bundle does not serve, for operators; nothing of a stack. */
export function faultMessage(error: unknown): string {
  return error instanceof OnepassError ? error.message : "The engine could not be loaded; the log says why.";
}

function loading(bundle: Bundle): PoolEntry {
  const { model, tasks } = bundle.manifest;
  const tags = tasks.slots && parseTagSet(tasks.slots.tags);
  return { model: bundleId(bundle), engineName: model.engine, bundle, tags, state: "loading" };
}
