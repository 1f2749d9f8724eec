import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { BundleError } from "../errors.js";
import { bundleId, loadBundle, type Bundle } from "./bundle.js";

/** A folder that holds a `bundle.json`, but no bundle that may be served. */
export interface FaultyBundle {
  /** Name of the folder. */
  readonly model: string;
  readonly error: unknown;
}

export interface Discovery {
  /** By name of the folder. */
  readonly bundles: readonly Bundle[];
  readonly faulty: readonly FaultyBundle[];
}

/**
 * Loads every bundle below `directory`. A faulty one is reported and does not keep the others from being served.
 * @throws BundleError when the directory can't be read
 */
export async function discoverBundles(directory: string): Promise<Discovery> {
  const bundles = new Map<string, Bundle>();
  const faulty: FaultyBundle[] = [];
  for (const folder of await foldersOf(directory)) {
    try {
      const bundle = await loadBundle(join(directory, folder));
      const id = bundleId(bundle);
      const twin = bundles.get(id);
      if (twin) throw new BundleError(id, `is found twice: in ${twin.folder} and in ${bundle.folder}`);
      bundles.set(id, bundle);
    } catch (error) {
      faulty.push({ model: folder, error });
    }
  }
  return { bundles: [...bundles.values()], faulty };
}

/**
 * What of a discovery a server was told to load: all when `names` is empty. A faulty bundle goes by its folder's name.
 * names: `name` or `name@version`. Returns the names that fit nothing as `missing`.
 */
export function selectBundles(
  { bundles, faulty }: Discovery,
  names: readonly string[],
): Discovery & { readonly missing: readonly string[] } {
  if (names.length === 0) return { bundles, faulty, missing: [] };
  const selected = bundles.filter((bundle) => names.some((name) => answersTo(bundle, name)));
  const selectedFaulty = faulty.filter(({ model }) => names.some((name) => bareName(name) === model));
  const missing = names.filter(
    (name) =>
      !selected.some((bundle) => answersTo(bundle, name)) &&
      !selectedFaulty.some(({ model }) => model === bareName(name)),
  );
  return { bundles: selected, faulty: selectedFaulty, missing };
}

function answersTo(bundle: Bundle, name: string): boolean {
  return name === bundle.manifest.name || name === bundleId(bundle);
}

function bareName(name: string): string {
  return name.replace(/@.*$/, "");
}

async function foldersOf(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new BundleError(directory, "the folder of models can't be read", cause);
  });
  return names.filter((name) => existsSync(join(directory, name, "bundle.json"))).sort();
}
