import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { BundleError } from "../errors.js";
import { bundleId, loadBundle, MANIFEST_FILE, MAX_MANIFEST_BYTES, type Bundle } from "./bundle.js";
import { readInside } from "./files.js";

/** A folder that holds a `bundle.json`, but no bundle that may be served. */
export interface FaultyBundle {
  /** Name of the folder. */
  readonly model: string;
  readonly error: unknown;
}

export interface Discovery {
  /** By directory, then by name of the folder. */
  readonly bundles: readonly Bundle[];
  readonly faulty: readonly FaultyBundle[];
}

/**
 * Loads every bundle below one directory or several. A faulty one is reported and does not keep the others from being
 * served. names: load only these, `name` or `name@version`; the files of others, which may be large, are not read.
 * @throws BundleError when a directory can't be read
 */
export async function discoverBundles(
  directories: string | readonly string[],
  names: readonly string[] = [],
): Promise<Discovery> {
  const bundles = new Map<string, Bundle>();
  const faulty: FaultyBundle[] = [];
  for (const directory of [directories].flat()) {
    for (const folder of await foldersOf(directory)) {
      if (names.length > 0 && !(await mayAnswerTo(folder, names))) continue;
      try {
        const bundle = await loadBundle(folder);
        const id = bundleId(bundle);
        const twin = bundles.get(id);
        if (twin) throw new BundleError(id, `is found twice: in ${twin.folder} and in ${bundle.folder}`);
        bundles.set(id, bundle);
      } catch (error) {
        faulty.push({ model: basename(folder), error });
      }
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

/** Whether a bundle, sound or faulty, could be one of `names`, by its name or by its folder's. */
async function mayAnswerTo(folder: string, names: readonly string[]): Promise<boolean> {
  const json = await readInside(folder, MANIFEST_FILE, MAX_MANIFEST_BYTES).catch(() => "");
  const known = [basename(folder), nameIn(json)];
  return names.some((name) => known.includes(bareName(name)));
}

function nameIn(json: string): string | undefined {
  try {
    return z.object({ name: z.string() }).safeParse(JSON.parse(json)).data?.name;
  } catch {
    return undefined; // `loadBundle` tells what is wrong with it
  }
}

/** The folders of bundles, sound or not, below one; absolute when `directory` is. @throws BundleError */
export async function foldersOf(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new BundleError(directory, "the folder of models can't be read; ONEPASS_MODELS_DIR names it", cause);
  });
  return names
    .sort()
    .map((name) => join(directory, name))
    .filter((folder) => existsSync(join(folder, MANIFEST_FILE)));
}
