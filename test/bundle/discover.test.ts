import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { discoverBundles, selectBundles } from "../../src/bundle/discover.js";
import { ggufBytes } from "./gguf-bytes.js";
import { decoderManifest, writeBundle } from "./manifests.js";

const WEIGHTS = ggufBytes();

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "onepass-discover-"));
  const sha256 = createHash("sha256").update(WEIGHTS).digest("hex");
  const add = async (folder: string, change: object) => {
    await mkdir(join(directory, folder));
    const manifest = { ...decoderManifest(), files: { "weights.gguf": sha256 }, ...change };
    await writeFile(join(directory, folder, "bundle.json"), JSON.stringify(manifest));
    await writeFile(join(directory, folder, "weights.gguf"), WEIGHTS);
  };
  await add("good", { name: "good", version: "1.0.0" });
  await add("newer", { name: "good", version: "1.1.0" });
  await add("other", { name: "other", version: "1.0.0" });
  await add("tampered", { name: "tampered", files: { "weights.gguf": "0".repeat(64) } });
  await add("twin", { name: "good", version: "1.0.0" });
  await mkdir(join(directory, "notes"));
});
afterAll(() => rm(directory, { recursive: true }));

test("faulty bundles and twins are reported, and the rest is found", async () => {
  const { bundles, faulty } = await discoverBundles(directory);
  expect(bundles.map(({ folder }) => folder)).toEqual(["good", "newer", "other"].map((name) => join(directory, name)));
  expect(faulty.map(({ model }) => model)).toEqual(["tampered", "twin"]);
  expect(String(faulty[1]?.error)).toContain("found twice");
});

test.each([
  ["nothing means all", [], ["good@1.0.0", "good@1.1.0", "other@1.0.0"], 2, []],
  ["a name means all of its versions", ["good"], ["good@1.0.0", "good@1.1.0"], 0, []],
  ["a version means itself", ["good@1.1.0"], ["good@1.1.0"], 0, []],
  ["a faulty bundle is no missing one", ["other", "tampered"], ["other@1.0.0"], 1, []],
  ["what is not there is missing", ["other", "llama", "good@9.0.0"], ["other@1.0.0"], 0, ["llama", "good@9.0.0"]],
])("%s", async (_name, names, selected, faults, missing) => {
  const found = selectBundles(await discoverBundles(directory), names);
  expect(found.bundles.map(({ manifest }) => `${manifest.name}@${manifest.version}`)).toEqual(selected);
  expect(found.faulty).toHaveLength(faults);
  expect(found.missing).toEqual(missing);
});

test("several directories are searched, the first one first", async () => {
  const second = await mkdtemp(join(tmpdir(), "onepass-discover-"));
  try {
    await writeBundle(join(second, "a-first"), { name: "another" });
    await writeBundle(join(second, "b-twin"), { name: "other", version: "1.0.0" });
    const { bundles, faulty } = await discoverBundles([directory, second]);
    const folders = bundles.map(({ folder }) => folder);
    expect(folders).toEqual([
      ...["good", "newer", "other"].map((name) => join(directory, name)),
      join(second, "a-first"),
    ]);
    expect(faulty.map(({ model }) => model)).toEqual(["tampered", "twin", "b-twin"]);
  } finally {
    await rm(second, { recursive: true });
  }
});

test("of named models alone the files are read", async () => {
  const { bundles, faulty } = await discoverBundles(directory, ["other@1.0.0", "twin"]);
  // The folder named twin holds good@1.0.0, whose first folder was not asked for.
  expect(bundles.map(({ folder }) => folder)).toEqual(["other", "twin"].map((name) => join(directory, name)));
  expect(faulty).toEqual([]);
});

test("a directory that can't be read is told", async () => {
  await expect(discoverBundles(join(directory, "nowhere"))).rejects.toMatchObject({ code: "invalid_bundle" });
});
