import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { PACKAGE_ROOT } from "../../package.js";
import { modelOf, type Wish } from "./targets.js";

/** A bundle on this disk, whether or not a server could load it. */
export interface FoundBundle {
  /** As in its `bundle.json`, or the folder's name when that can't be read. */
  readonly name: string;
  readonly folder: string;
  /** Built by `npm run shapes`: random weights. */
  readonly shape: boolean;
}

const SHAPES = "shapes";

/** The folders of `ONEPASS_MODELS_DIR`; by default those of the package, shapes included when they have been built. */
export function modelsDir(env: NodeJS.ProcessEnv): string {
  const usual = ["models", SHAPES].filter((folder) => existsSync(join(PACKAGE_ROOT, folder)));
  return env.ONEPASS_MODELS_DIR ?? usual.join(delimiter);
}

async function nameOf(folder: string, otherwise: string): Promise<string> {
  try {
    const { name } = JSON.parse(await readFile(join(folder, "bundle.json"), "utf8")) as { name?: unknown };
    return typeof name === "string" ? name : otherwise;
  } catch {
    return otherwise; // the server tells what is wrong with it
  }
}

/**
 * Every bundle below the folders of `dirs`, with the platform's delimiter between them. A folder that is not there has
 * none.
 */
export async function findBundles(dirs: string): Promise<FoundBundle[]> {
  const bundles: FoundBundle[] = [];
  for (const dir of dirs.split(delimiter).filter(Boolean)) {
    const root = resolve(PACKAGE_ROOT, dir);
    for (const entry of (await readdir(root).catch(() => [])).sort()) {
      const folder = join(root, entry);
      if (!existsSync(join(folder, "bundle.json"))) continue;
      bundles.push({ name: await nameOf(folder, entry), folder, shape: root === join(PACKAGE_ROOT, SHAPES) });
    }
  }
  return bundles;
}

/**
 * Names of the bundles that a server of ours has to load. Where a wish may be met by any model, that is all but the
 * shapes that nobody asks for, which are large.
 */
export function bundlesFor(wishes: readonly Wish[], bundles: readonly FoundBundle[]): string[] {
  const wanted = new Set(wishes.map((wish) => modelOf(wish)?.replace(/@.*/, "")));
  const here = new Set<string | undefined>(bundles.map(({ name }) => name));
  const open = wishes.some((wish) => wish.label === "dual-decoder" || !here.has(modelOf(wish)?.replace(/@.*/, "")));
  return [
    ...new Set(bundles.filter(({ name, shape }) => wanted.has(name) || (open && !shape)).map(({ name }) => name)),
  ];
}
