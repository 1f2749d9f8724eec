import { bundleId, type Bundle } from "./bundle.js";

/** The bundles of a server, by `name` or `name@version`. */
export class BundleRegistry {
  constructor(readonly bundles: readonly Bundle[]) {}

  /** The bundle that `reference` names: with a name alone the highest version; undefined when there is none. */
  resolve(reference: string): Bundle | undefined {
    if (reference.includes("@")) return this.bundles.find((bundle) => bundleId(bundle) === reference);
    return this.bundles
      .filter(({ manifest }) => manifest.name === reference)
      .reduce<Bundle | undefined>(
        (best, bundle) => (best && compareVersions(best, bundle) >= 0 ? best : bundle),
        undefined,
      );
  }
}

/** Orders by `major.minor.patch`, as numbers. */
function compareVersions(a: Bundle, b: Bundle): number {
  const [left, right] = [a, b].map(({ manifest }) => manifest.version.split(".").map(Number));
  for (const [i, part] of (left ?? []).entries()) {
    const difference = part - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
