import { basename } from "node:path";
import { bundleId, type Bundle } from "../bundle/bundle.js";
import { sameLabels } from "../bundle/check.js";
import type { Discovery, FaultyBundle } from "../bundle/discover.js";
import { BundleRegistry } from "../bundle/registry.js";
import type { Engine, EngineName } from "../engines/engine.js";
import { enginesOf } from "../engines/offered.js";
import { OnepassError } from "../errors.js";
import type { Metrics } from "../metrics/metrics.js";
import { parseTagSet, type TagSet } from "../tasks/bio.js";

export type EngineState = "loading" | "ready" | "failed";

/** A bundle of this server and one of the engines that it becomes. */
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
  /** Turns a bundle into all of its engines, warm. */
  readonly load: (bundle: Bundle) => Promise<readonly Engine[]>;
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
  #entries: PoolEntry[] = [];
  #registry = new BundleRegistry([]);
  #faulty: readonly FaultyBundle[] = [];
  #opening: Promise<void> | undefined;
  #opened = false;
  #closed = false;
  #defaultModel: string | undefined;
  #fallbackModel: string | undefined;

  constructor(private readonly options: PoolOptions) {
    this.#defaultModel = options.defaultModel;
    this.#fallbackModel = options.fallbackModel;
  }

  /** Every engine of every bundle, in order of name and version; a bundle's own engine first. */
  get entries(): readonly PoolEntry[] {
    return this.#entries;
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
    if (this.#defaultModel !== undefined) return this.byModel(this.#defaultModel);
    return this.entries.find(({ engineName }) => engineName === "single-pass") ?? this.entries[0];
  }

  /** Undefined when the default would fall back on itself. */
  get fallback(): PoolEntry | undefined {
    const entry =
      this.#fallbackModel === undefined
        ? this.entries.find(({ engineName }) => engineName === "dual-encoder")
        : this.byModel(this.#fallbackModel);
    return entry?.bundle === this.default?.bundle ? undefined : entry;
  }

  /** Whether a request that names no model will be answered. */
  get ready(): boolean {
    return [this.default, this.fallback].some((entry) => entry?.state === "ready" && entry.engine?.available !== false);
  }

  /** model: `name` (its highest version) or `name@version`. By default the bundle's own engine. */
  byModel(model: string, engine?: EngineName): PoolEntry | undefined {
    const bundle = this.#registry.resolve(model);
    return this.entries.find((entry) => entry.bundle === bundle && (engine ?? entry.engineName) === entry.engineName);
  }

  /**
   * The bundle that an engine alone stands for: the default, or else the first with the default's intents, since who names an
   * engine asks the same question of another model; or else the first that has the engine.
   */
  byEngine(engine: EngineName): PoolEntry | undefined {
    const having = this.entries.filter(({ engineName }) => engineName === engine);
    const usual = this.default?.bundle;
    return (
      having.find(({ bundle }) => bundle === usual) ??
      having.find(({ bundle }) => usual && sameLabels(bundle.manifest.tasks, usual.manifest.tasks, "intent")) ??
      having[0]
    );
  }

  /**
   * Loads the engines one after the other, the default first and the fallback next, so that the server answers soon.
   * A failure is kept in the entry: the others still serve.
   */
  open({ bundles, faulty }: Discovery): Promise<void> {
    this.#registry = new BundleRegistry(bundles);
    this.#faulty = faulty;
    this.#entries = bundles.flatMap(loadingEntries);
    for (const entry of this.entries) this.#report(entry);
    this.#opening = this.#loadAll();
    return this.#opening;
  }

  /**
   * Takes a bundle in whose engines are warm, in the place of `replaced` if there is one: from now on it is asked. Default and
   * fallback stay who they are, or become who takes their place. Returns the engines that nobody asks any more, to be closed.
   */
  put(bundle: Bundle, engines: readonly Engine[], replaced?: Bundle): readonly Engine[] {
    const entries = loadingEntries(bundle).map((entry) => readyEntry(entry, engines));
    this.#pin(replaced, bundle);
    const place = this.#entries.findIndex((entry) => entry.bundle === replaced);
    const old = this.#remove(replaced);
    this.#entries.splice(place < 0 ? this.#entries.length : place, 0, ...entries);
    this.#faulty = this.#faulty.filter(({ model }) => model !== basename(bundle.folder));
    this.#register();
    for (const entry of entries) this.#report(entry);
    return old;
  }

  /** Takes a bundle out of service. Returns its engines, to be closed. */
  take(bundle: Bundle): readonly Engine[] {
    this.#pin();
    if (this.fallback?.bundle === bundle) this.#fallbackModel = undefined;
    const old = this.#remove(bundle);
    this.#register();
    return old;
  }

  /** Makes a bundle the default. */
  activate(bundle: Bundle): void {
    this.#pin();
    this.#defaultModel = bundleId(bundle);
  }

  /** Closes what is open, after the engine that is being loaded: native code can't be interrupted. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#opening;
    await Promise.all(this.entries.map(async ({ engine }) => engine?.[Symbol.asyncDispose]()));
  }

  async #loadAll(): Promise<void> {
    const first = [this.default, this.fallback].filter((entry) => entry !== undefined);
    for (const bundle of new Set([...first, ...this.entries].map((entry) => entry.bundle))) {
      if (this.#closed) return;
      try {
        const engines = await this.options.load(bundle);
        this.#update(bundle, (entry) => readyEntry(entry, engines));
      } catch (error) {
        this.#update(bundle, (entry) => ({ ...entry, state: "failed", error }));
      }
    }
    this.#opened = true;
  }

  #update(bundle: Bundle, change: (entry: PoolEntry) => PoolEntry): void {
    this.#entries = this.entries.map((entry) => (entry.bundle === bundle ? change(entry) : entry));
    for (const entry of this.entries) if (entry.bundle === bundle) this.#report(entry);
  }

  /** From the first change on nobody becomes default or fallback by the order in which bundles came. */
  #pin(replaced?: Bundle, by?: Bundle): void {
    const name = (entry: PoolEntry | undefined) =>
      entry && bundleId(replaced && by && entry.bundle === replaced ? by : entry.bundle);
    const { default: first, fallback } = this;
    this.#defaultModel = name(first) ?? this.#defaultModel;
    this.#fallbackModel = name(fallback) ?? this.#fallbackModel;
  }

  #remove(bundle: Bundle | undefined): readonly Engine[] {
    const removed = this.#entries.filter((entry) => entry.bundle === bundle);
    this.#entries = this.#entries.filter((entry) => entry.bundle !== bundle);
    for (const { model, engineName } of removed) this.options.metrics.engines.gone({ model, engine: engineName });
    return removed.flatMap(({ engine }) => engine ?? []);
  }

  #register(): void {
    this.#registry = new BundleRegistry([...new Set(this.#entries.map(({ bundle }) => bundle))]);
  }

  #report(entry: PoolEntry): void {
    const { engines, predictions } = this.options.metrics;
    engines.ready({ model: entry.model, engine: entry.engineName }, entry.state === "ready");
    if (entry.state === "ready") predictions.expect(entry.model, entry.bundle.manifest.tasks);
    if (entry.state !== "loading") this.options.onChange?.(entry);
  }
}

/** Why a bundle does not serve, for operators; nothing of a stack. */
export function faultMessage(error: unknown): string {
  return error instanceof OnepassError ? error.message : "The engine could not be loaded; the log says why.";
}

function readyEntry(entry: PoolEntry, engines: readonly Engine[]): PoolEntry {
  const engine = engines.find(({ name }) => name === entry.engineName);
  if (!engine) throw new RangeError(`${entry.model} was loaded without its engine ${entry.engineName}`);
  return { ...entry, state: "ready", engine };
}

function loadingEntries(bundle: Bundle): PoolEntry[] {
  const { model, tasks } = bundle.manifest;
  const tags = tasks.slots && parseTagSet(tasks.slots.tags, tasks.slots);
  const entry = { model: bundleId(bundle), bundle, tags, state: "loading" as const };
  return enginesOf(model).map((engineName) => ({ ...entry, engineName }));
}
