import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { BundleError } from "../errors.js";
import { checkManifest } from "./check.js";
import { FORMAT_VERSION, Manifest } from "./manifest.js";

const MANIFEST_FILE = "bundle.json";

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

/**
 * Reads a bundle's manifest and proves the SHA-256 of every file, so that nothing opens a file that was tampered with.
 * @throws BundleError
 */
export async function loadBundle(folder: string): Promise<Bundle> {
  const root = resolve(folder);
  const manifest = parseManifest(await readManifest(root), basename(root));
  const bundle: Bundle = { folder: root, manifest, path: (file) => join(root, file) };
  checkManifest(manifest);
  for (const [file, expected] of Object.entries(manifest.files)) await proveFile(bundle, file, expected);
  return bundle;
}

async function readManifest(folder: string): Promise<unknown> {
  const name = basename(folder);
  const json = await readFile(join(folder, MANIFEST_FILE), "utf8").catch((cause: unknown) => {
    throw new BundleError(name, `${MANIFEST_FILE} can't be read`, cause);
  });
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new BundleError(name, `${MANIFEST_FILE} is no JSON`, cause);
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

async function proveFile(bundle: Bundle, file: string, expected: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(bundle.path(file)), hash).catch((cause: unknown) => {
    throw new BundleError(bundleId(bundle), `${file} can't be read`, cause);
  });
  const found = hash.digest("hex");
  if (found !== expected) {
    throw new BundleError(
      bundleId(bundle),
      `${file} is not the file that was published: SHA-256 is ${found}, not ${expected}`,
    );
  }
}
