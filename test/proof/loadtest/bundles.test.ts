import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlesFor, findBundles, modelsDir } from "../../../src/proof/loadtest/bundles.js";
import { parseWishes, USUAL } from "../../../src/proof/loadtest/targets.js";

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-bundles-"))));
afterAll(() => rm(folder, { recursive: true }));

async function bundle(path: string, content: string): Promise<void> {
  await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, path, "bundle.json"), content);
}

test("bundles are found in several folders, by the names in their manifests", async () => {
  await bundle("a/one", '{"name": "first"}');
  await bundle("a/broken", "{");
  await bundle("b/two", '{"name": "second"}');
  await mkdir(join(folder, "a/empty"), { recursive: true });
  const dirs = ["a", "nowhere", "b"].map((name) => join(folder, name)).join(delimiter);
  expect((await findBundles(dirs)).map(({ name, shape }) => `${name} ${shape}`)).toEqual([
    "broken false",
    "first false",
    "second false",
  ]);
});

test("the folders are those of the setting", () => {
  expect(modelsDir({ ONEPASS_MODELS_DIR: "elsewhere" })).toBe("elsewhere");
  expect(modelsDir({}).split(delimiter)[0]).toBe("models");
});

const found = (name: string, shape = false) => ({ name, folder: name, shape });
const HERE = [
  ...["joint-en", "onepass-en", "mine"].map((name) => found(name)),
  ...["roberta-base-int8", "roberta-large-fp32"].map((name) => found(name, true)),
];

test.each([
  ["the only model that is asked for", ["joint-encoder"], ["joint-en"]],
  ["a shape by its name and version", ["dual-encoder:roberta-base-int8@0.1.0"], ["roberta-base-int8"]],
  ["every model but shapes, where any may be meant", ["dual-encoder"], HERE.slice(0, 3).map(({ name }) => name)],
  [
    "every model but shapes, one of which may be made for it",
    ["dual-decoder"],
    HERE.slice(0, 3).map(({ name }) => name),
  ],
])("a server loads %s", (_name, targets, names) => {
  expect(bundlesFor(parseWishes(targets), HERE)).toEqual(names);
});

test("for the usual targets a server loads the models and the shapes among them", () => {
  expect(bundlesFor(USUAL, HERE)).toEqual(HERE.slice(0, 4).map(({ name }) => name));
});
