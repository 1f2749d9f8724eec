import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { BundleError } from "../errors.js";
import { checkManifest } from "./check.js";
import { FileCursor, HeaderFault } from "./cursor.js";
import { FileFault, openInside, readInside } from "./files.js";
import { headerChecks, type HeaderCheck } from "./headers.js";
import { FORMAT_VERSION, Manifest } from "./manifest.js";

export const MANIFEST_FILE = "bundle.json";
/** Ours have 0.15 MB; what is larger would only take memory. */
export const MAX_MANIFEST_BYTES = 16 * 1_048_576;

/** A model that may be served: its manifest was understood and its files are the ones that the manifest names. */
export interface Bundle {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Absolute path of a file that the manifest lists. */
  path(file: string): string;
}

/** `name@version`, as requests and answers name a bundle. */
export function bundleId({ manifest }: Pick<Bundle, "manifest">): string {
  return `${manifest.name}@${manifest.version}`;
}

/** folder: absolute. */
export function bundleAt(folder: string, manifest: Manifest): Bundle {
  return { folder, manifest, path: (file) => join(folder, file) };
}

/**
 * Reads a bundle's manifest and proves the SHA-256 of every file, so that nothing opens a file that was tampered with, and looks
 * at the headers of model files, so that no native reader meets a length that leads out of the file.
 * only: files to be proved by who opens no others. @throws BundleError
 */
export async function loadBundle(folder: string, only?: readonly string[]): Promise<Bundle> {
  const root = resolve(folder);
  const manifest = parseManifest(await readManifest(root), basename(root));
  const bundle = bundleAt(root, manifest);
  checkManifest(manifest);
  const checks = headerChecks(manifest);
  for (const [file, expected] of Object.entries(manifest.files)) {
    if (only && !only.includes(file)) continue;
    await proveFile(
      bundle,
      file,
      expected,
      checks.flatMap(([name, check]) => (name === file ? [check] : [])),
    );
  }
  return bundle;
}

async function readManifest(folder: string): Promise<unknown> {
  const name = basename(folder);
  const json = await readInside(folder, MANIFEST_FILE, MAX_MANIFEST_BYTES).catch((cause: unknown) => {
    throw new BundleError(name, `${MANIFEST_FILE} ${faultOf(cause)}`, cause);
  });
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new BundleError(name, `${MANIFEST_FILE} is no JSON: ${(cause as SyntaxError).message}`, cause);
  }
}

/** The format is looked at first: a manifest of another major need not fit the schema of this one. */
function parseManifest(json: unknown, name: string): Manifest {
  const { data } = z.object({ format: z.string() }).safeParse(json);
  const [major] = FORMAT_VERSION.split(".");
  if (data && data.format.split(".")[0] !== major) {
    throw new BundleError(name, `has format ${data.format}, this server reads ${major ?? ""}.x`);
  }
  const parsed = Manifest.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new BundleError(name, `${MANIFEST_FILE} is malformed:\n${z.prettifyError(parsed.error)}`, parsed.error);
}

/** A file in the place of a large one that Git LFS keeps elsewhere is smaller. */
const MOST_POINTER_BYTES = 1024;

/** Hash first, header next, both of the same open file. */
async function proveFile(
  bundle: Bundle,
  file: string,
  expected: string,
  checks: readonly HeaderCheck[],
): Promise<void> {
  const fault = (message: string, cause?: unknown) => new BundleError(bundleId(bundle), `${file} ${message}`, cause);
  const { handle, size } = await openInside(bundle.folder, file).catch((cause: unknown) => {
    throw fault(faultOf(cause), cause);
  });
  try {
    const hash = createHash("sha256");
    await pipeline(handle.createReadStream({ autoClose: false, start: 0 }), hash);
    const found = hash.digest("hex");
    if (found !== expected) {
      const advice =
        size < MOST_POINTER_BYTES ? "; is it a Git LFS pointer? `git lfs pull` fetches the file" : "; copy it anew";
      throw fault(`is not the file that was published: SHA-256 is ${found}, not ${expected}${advice}`);
    }
    for (const check of checks) check(new FileCursor(handle.fd, size));
  } catch (cause) {
    throw cause instanceof BundleError ? cause : fault(faultOf(cause), cause);
  } finally {
    await handle.close();
  }
}

function faultOf(error: unknown): string {
  return error instanceof FileFault || error instanceof HeaderFault ? error.message : "can't be read";
}
