import { stat } from "node:fs/promises";
import { bundleId, type Bundle } from "../bundle/bundle.js";
import { ModelRefused } from "./refusal.js";

/** A process of Node with the libraries of the runtimes, before it has read a model. */
const PROCESS_BYTES = 100 * 2 ** 20;
/** Weights in memory, and beside them what a forward needs. */
const PER_FILE_BYTE = 1.5;
const MIB = 2 ** 20;

/** What a model takes, roughly: `workers` processes, or a share of this one where there are none. */
export async function bytesNeeded(bundle: Bundle, workers: number): Promise<number> {
  const sizes = await Promise.all(
    Object.keys(bundle.manifest.files).map(async (file) => (await stat(bundle.path(file))).size),
  );
  const weights = PER_FILE_BYTE * sizes.reduce((sum, size) => sum + size, 0);
  return workers === 0 ? weights : workers * (weights + PROCESS_BYTES);
}

/**
 * The old model and the new one are both in memory for a moment.
 * available: what the machine or the container has left. @throws ModelRefused
 */
export function assertMemory(bundle: Bundle, needed: number, available: number): void {
  if (needed <= available) return;
  const [needed_mb, available_mb] = [needed, available].map((bytes) => Math.round(bytes / MIB));
  throw new ModelRefused(
    "insufficient_memory",
    `${bundleId(bundle)} needs some ${needed_mb} MiB beside what runs, and ${available_mb} MiB are left.`,
    { details: { needed_mb, available_mb } },
  );
}
