import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync } from "node:fs";
import { copyFile, link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { checkManifest } from "../bundle/check.js";
import { Manifest } from "../bundle/manifest.js";
import { BundlingError } from "./errors.js";

/**
 * Makes the folder `out` of a bundle. Nothing is left behind when it fails.
 * fill: puts the files into a folder that has no name yet, and says what they are; prove: is given that folder with its
 * `bundle.json`, and the manifest that it returns is kept.
 * @throws BundlingError, BundleError
 */
export async function publish(
  out: string,
  prove: (folder: string) => Promise<Manifest>,
  fill: (folder: string) => Promise<Manifest>,
): Promise<Manifest> {
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new BundlingError(`${out} is there already; delete it or choose another --out`);
  }
  const partial = `${out}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    await write(partial, await fill(partial));
    const proven = await prove(partial);
    await write(partial, proven);
    await rm(out, { recursive: true, force: true });
    await rename(partial, out);
    return proven;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** A manifest as the server would take it. @throws BundlingError, BundleError */
export function checkedManifest(manifest: z.input<typeof Manifest>): Manifest {
  const parsed = Manifest.safeParse(manifest);
  if (!parsed.success) throw new BundlingError(`No bundle can be made of this:\n${z.prettifyError(parsed.error)}`);
  checkManifest(parsed.data);
  return parsed.data;
}

/** SHA-256 by name. */
export async function hashesOf(folder: string, files: readonly string[]): Promise<Record<string, string>> {
  const hashes = files.map(async (file) => [file, await sha256(join(folder, file))] as const);
  return Object.fromEntries(await Promise.all(hashes));
}

/** Copies a file, or gives the same bytes a second name where the file system can. */
export function putFile(hardLink: boolean): (from: string, to: string) => Promise<void> {
  return hardLink ? (from, to) => link(from, to).catch(() => copyFile(from, to)) : copyFile;
}

async function write(folder: string, manifest: Manifest): Promise<void> {
  await writeFile(join(folder, "bundle.json"), JSON.stringify(manifest, null, 1) + "\n");
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
