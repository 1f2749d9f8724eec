import { bundleId, type Bundle } from "../bundle/bundle.js";
import { selectBundles, type Discovery } from "../bundle/discover.js";
import { BundleRegistry } from "../bundle/registry.js";
import type { EnginePool } from "../classify/pool.js";
import type { Engine } from "../engines/engine.js";
import { goldenEngine } from "../engines/golden.js";
import { OnepassError } from "../errors.js";
import { assertGolden } from "./golden.js";
import { assertMemory } from "./memory.js";
import { ModelRefused, refusalOf } from "./refusal.js";
import { assertSameSchema } from "./schema.js";

export interface ManagerOptions {
  readonly pool: EnginePool;
  /** What is on the disk now; names: these alone, or all that the settings ask for. */
  readonly find: (names?: readonly string[]) => Promise<Discovery>;
  /** Turns a bundle into its engines, warm. */
  readonly load: (bundle: Bundle) => Promise<readonly Engine[]>;
  /** Bytes that a bundle will need, and that are left. */
  readonly memory: (bundle: Bundle) => Promise<{ readonly needed: number; readonly available: number }>;
  /** Told of every change that was made or refused. Must not throw. */
  readonly onChange?: (action: Action, outcome: Change | OnepassError) => void;
  /** Told of a model, `name@version`, that has left and finished what it had begun. Must not throw. */
  readonly onGone?: (model: string) => void;
}

export const ACTIONS = ["load", "unload", "activate"] as const;
export type Action = (typeof ACTIONS)[number];

export interface ChangeOptions {
  readonly allowSchemaChange?: boolean | undefined;
}

/** What a change has come to. */
export interface Change {
  readonly model: string;
  /** The model whose place it has taken, which finishes what it has begun. */
  readonly replaced?: string;
  /** Answers requests that name no model, from now on. */
  readonly default?: string;
  readonly tookMs: number;
}

/** Brings models into service and out of it while others answer: one change at a time, each whole or not at all. */
export class ModelManager implements AsyncDisposable {
  #last: Promise<unknown> = Promise.resolve();
  /** Engines that were replaced and finish what they have begun. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(private readonly options: ManagerOptions) {}

  /**
   * Reads a model from the disk, warms it up, checks it, and only then lets it take the place of the one with the same name
   * and version or from the same folder. @throws ModelRefused, OnepassError when there is no such model
   */
  load(reference: string, options: ChangeOptions = {}): Promise<Change> {
    return this.#change("load", async () => this.#bringIn(await this.#found(reference), options));
  }

  /** @throws ModelRefused for the default, OnepassError when there is no such model */
  unload(reference: string): Promise<Change> {
    return this.#change("unload", () => {
      const { bundle, model } = this.#served(reference);
      if (this.options.pool.default?.bundle === bundle) {
        throw new ModelRefused("in_use", `${model} answers requests that name no model: activate another one first.`);
      }
      this.#leave(this.options.pool.take(bundle), model);
      return { model };
    });
  }

  /** Makes a model that is ready the one that answers requests that name none. @throws ModelRefused, OnepassError */
  activate(reference: string, { allowSchemaChange = false }: ChangeOptions = {}): Promise<Change> {
    return this.#change("activate", () => {
      const { pool } = this.options;
      const entry = this.#served(reference);
      if (entry.state !== "ready")
        throw new ModelRefused("not_loadable", `${entry.model} is not ready: load it again.`);
      if (pool.default && !allowSchemaChange) assertSameSchema(pool.default.bundle, entry.bundle);
      pool.activate(entry.bundle);
      return { model: entry.model };
    });
  }

  /** Loads what is new on the disk or has changed there; what is gone from it stays in service. Never rejects. */
  async refresh(): Promise<readonly (Change | OnepassError)[]> {
    const { bundles, faulty } = await this.options.find();
    const outcomes: (Change | OnepassError)[] = faulty.map(({ model, error }) => refusalOf(model, error));
    for (const refused of outcomes) if (refused instanceof OnepassError) this.options.onChange?.("load", refused);
    for (const bundle of bundles.filter((one) => !this.#serves(one))) {
      outcomes.push(
        await this.#change("load", () => this.#bringIn(bundle, {})).catch((error: unknown) =>
          refusalOf(bundleId(bundle), error),
        ),
      );
    }
    return outcomes;
  }

  /** Waits for the change that is under way and for what finishes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last.catch(() => undefined);
    await Promise.all(this.#leaving);
  }

  async #bringIn(bundle: Bundle, { allowSchemaChange = false }: ChangeOptions): Promise<Omit<Change, "tookMs">> {
    const { pool, load, memory } = this.options;
    const model = bundleId(bundle);
    const replaced = pool.entries.find(
      (entry) => entry.model === model || entry.bundle.folder === bundle.folder,
    )?.bundle;
    const present = replaced ?? pool.byModel(bundle.manifest.name)?.bundle;
    if (present && !allowSchemaChange) assertSameSchema(present, bundle);
    const { needed, available } = await memory(bundle);
    assertMemory(bundle, needed, available);
    const engines = await load(bundle).catch((error: unknown) => {
      throw refusalOf(model, error);
    });
    try {
      const engine = goldenEngine(bundle, engines);
      if (engine) await assertGolden(engine);
    } catch (error) {
      this.#leave(engines, model);
      throw refusalOf(model, error);
    }
    const old = pool.put(bundle, engines, replaced);
    if (replaced) this.#leave(old, bundleId(replaced));
    return { model, ...(replaced && { replaced: bundleId(replaced) }) };
  }

  /** @throws OnepassError */
  async #found(reference: string): Promise<Bundle> {
    const found = selectBundles(await this.options.find([reference]), [reference]);
    const bundle = new BundleRegistry(found.bundles).resolve(reference);
    if (bundle) return bundle;
    const [faulty] = found.faulty;
    if (faulty) throw refusalOf(faulty.model, faulty.error);
    throw unknownModel();
  }

  /** @throws OnepassError */
  #served(reference: string) {
    const entry = this.options.pool.byModel(reference);
    if (!entry) throw unknownModel();
    return entry;
  }

  /** Whether this very bundle is in service. */
  #serves({ folder, manifest }: Bundle): boolean {
    return this.options.pool.entries.some(
      (entry) =>
        entry.state === "ready" &&
        entry.bundle.folder === folder &&
        JSON.stringify(entry.bundle.manifest) === JSON.stringify(manifest),
    );
  }

  /** Closes the engines of a model when they have finished. */
  #leave(engines: readonly Engine[], model: string): void {
    const leaving = Promise.all(engines.map(async (engine) => engine[Symbol.asyncDispose]())).then(() => {
      if (!this.options.pool.entries.some((entry) => entry.model === model)) this.options.onGone?.(model);
    });
    this.#leaving.add(leaving);
    void leaving.finally(() => this.#leaving.delete(leaving));
  }

  #change(action: Action, make: () => Omit<Change, "tookMs"> | Promise<Omit<Change, "tookMs">>): Promise<Change> {
    const change = this.#last
      .catch(() => undefined)
      .then(async () => {
        if (!this.options.pool.opened) throw new OnepassError("not_ready", 503, "The models are still being loaded.");
        const startedAt = performance.now();
        const made = await make();
        const { default: first } = this.options.pool;
        return { ...made, ...(first && { default: first.model }), tookMs: performance.now() - startedAt };
      });
    this.#last = change;
    change.then(
      (made) => this.options.onChange?.(action, made),
      (error: unknown) => this.options.onChange?.(action, asOnepassError(error)),
    );
    return change;
  }
}

function unknownModel(): OnepassError {
  return new OnepassError("unknown_model", 404, "There is no such model in the folders of models, or in service.");
}

function asOnepassError(error: unknown): OnepassError {
  return error instanceof OnepassError
    ? error
    : new OnepassError("internal", 500, "The change failed.", { cause: error });
}
