import { readFile } from "node:fs/promises";
import { bundleId, type Bundle } from "../../bundle/bundle.js";
import { BundleError } from "../../errors.js";
import { Evidence } from "../../tasks/evidence.js";

/** The table of a bundle that has one. @throws BundleError when its file can't be read, or is none of its size */
export async function openEvidence(bundle: Bundle): Promise<Evidence | undefined> {
  const { tasks, limits } = bundle.manifest;
  if (!tasks.topic?.evidence) return undefined;
  const labels = tasks.topic.labels.length;
  const { file, buckets, damping, weight } = tasks.topic.evidence;
  const bytes = await readFile(bundle.path(file)).catch((cause: unknown) => {
    throw new BundleError(bundleId(bundle), `${file} can't be read`, cause);
  });
  const size = buckets * (1 + labels);
  if (bytes.length !== size) {
    throw new BundleError(
      bundleId(bundle),
      `${file} has ${bytes.length} bytes; ${buckets} buckets for ${labels} labels take ${size}`,
    );
  }
  return new Evidence({ buckets, labels, bytes, opening: limits.window_tokens, damping, weight });
}
