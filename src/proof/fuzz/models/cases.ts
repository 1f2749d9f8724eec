import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { choose, seeded, type Random } from "../../../statistics/random.js";
import { mutateBytes } from "./bytes.js";
import { ggufHeaderBytes, mutateGguf } from "./gguf.js";
import { mutateManifest } from "./manifest.js";
import { mutateOnnx } from "./onnx.js";

const MANIFEST = "bundle.json";
/** Of an ONNX file: what stands in front of most of its weights. */
const ONNX_HEADER_BYTES = 65_536;
const MANIFESTS = 0.2;
const BLIND = 0.4;

/** A bundle in memory: its files by name. */
export interface Fixture {
  readonly name: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** A bundle with one thing wrong, and its hashes right. */
export interface FuzzCase extends Fixture {
  readonly number: number;
  /** What was changed, in words. */
  readonly change: string;
}

export async function readFixture(folder: string): Promise<Fixture> {
  const names = (await readdir(folder)).filter((name) => /\.(json|gguf|onnx)$/.test(name) && name !== "logits.json");
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const));
  return { name: basename(folder), files: new Map(files) };
}

/** The case of a number is the same for the same seed, whatever came before it. */
export function makeCase(fixtures: readonly Fixture[], seed: number, number: number): FuzzCase {
  const random = seeded(seed * 1_000_003 + number);
  for (let i = 0; i < 100; i++) random(); // neighbouring seeds begin alike
  const { name, files } = choose(fixtures, random);
  const json = files.get(MANIFEST)!.toString();
  const models = [...files.keys()].filter((file) => /\.(gguf|onnx)$/.test(file));
  if (random() < MANIFESTS) {
    const { json: changed, change } = mutateManifest(json, [...files.keys(), "missing.gguf"], random);
    return { name, number, change: `manifest: ${change}`, files: new Map([...files, [MANIFEST, Buffer.from(changed)]]) };
  }
  const file = choose(models, random);
  const { bytes, change } = mutateFile(file, files.get(file)!, random);
  const manifest = JSON.parse(json) as { files: Record<string, string> };
  manifest.files[file] = createHash("sha256").update(bytes).digest("hex");
  const changed = new Map([...files, [file, bytes], [MANIFEST, Buffer.from(JSON.stringify(manifest))]]);
  return { name, number, change: `${file}: ${change}`, files: changed };
}

function mutateFile(name: string, bytes: Buffer, random: Random): { bytes: Buffer; change: string } {
  const gguf = name.endsWith(".gguf");
  if (random() < BLIND) {
    return mutateBytes(bytes, gguf ? ggufHeaderBytes(bytes) : Math.min(bytes.length, ONNX_HEADER_BYTES), random);
  }
  return gguf ? mutateGguf(bytes, random) : mutateOnnx(bytes, random);
}

/** Writes a case to a new folder. */
export async function writeCase({ files }: Fixture, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
}
