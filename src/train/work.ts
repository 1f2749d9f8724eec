import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheFolder } from "./cache.js";
import { TrainError } from "./errors.js";
import type { TrainOptions } from "./options.js";
import { writeRows, type Prepared } from "./rows.js";

/** Where a training that makes the bundle `out` (absolute) keeps its rows and checkpoints. */
export function workFolder(env: Parameters<typeof cacheFolder>[0], out: string): string {
  const digest = createHash("sha256").update(out).digest("hex").slice(0, 8);
  return join(cacheFolder(env), "training", `${basename(out)}-${digest}`);
}

/** What a stopped training left is gone on with when it is of the same rows and settings, and else begun anew. */
export async function openWork(work: string, options: TrainOptions, { rows, reject }: Prepared): Promise<void> {
  const { base, quick, seed, models } = options;
  const stamp = createHash("sha256").update(JSON.stringify({ rows, reject, base, quick, seed, models })).digest("hex");
  const file = join(work, "stamp");
  const before = existsSync(file) ? await readFile(file, "utf8") : undefined;
  if (before === stamp) return;
  if (before === undefined && existsSync(work) && (await readdir(work)).length > 0) {
    throw new TrainError(`--work: ${work} holds other things; choose a folder of its own`);
  }
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await writeFile(file, ""); // ours from now on, even if what follows is cut off
  await writeRows(work, rows);
  await writeFile(file, stamp);
}
