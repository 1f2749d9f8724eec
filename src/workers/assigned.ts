import { isDeepStrictEqual } from "node:util";
import { bundleAt, bundleId, loadBundle, type Bundle } from "../bundle/bundle.js";
import { loadEngines } from "../engines/load.js";
import { BundleError } from "../errors.js";
import type { Assignment } from "./protocol.js";
import type { OpenEngines } from "./serve.js";

/** Opens what a worker is assigned. @throws BundleError */
export const openAssigned: OpenEngines = async (assignment, onBatch) => {
  const bundle = assignment.prove ? await provenBundle(assignment) : bundleAt(assignment.folder, assignment.manifest);
  return loadEngines(bundle, { ...assignment.options, onBatch });
};

/** A worker that is started later must not serve what came into the folder meanwhile: its labels may be others. */
async function provenBundle({ folder, manifest }: Assignment): Promise<Bundle> {
  const bundle = await loadBundle(folder);
  if (isDeepStrictEqual(bundle.manifest, manifest)) return bundle;
  throw new BundleError(bundleId({ manifest }), `its folder now holds another bundle, ${bundleId(bundle)}: reload it`);
}
