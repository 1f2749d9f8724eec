import { expect, test } from "vitest";
import { bundleId, type Bundle } from "../../src/bundle/bundle.js";
import { BundleRegistry } from "../../src/bundle/registry.js";
import { decoderManifest } from "./manifests.js";

const bundle = (name: string, version: string): Bundle => ({
  folder: "",
  manifest: { ...decoderManifest(), name, version },
  path: (file) => file,
});
const registry = new BundleRegistry([
  bundle("a", "1.9.0"),
  bundle("a", "1.10.0"),
  bundle("a", "0.99.99"),
  bundle("b", "1.0.0"),
]);

test.each([
  ["a", "a@1.10.0"],
  ["a@1.9.0", "a@1.9.0"],
  ["b", "b@1.0.0"],
  ["a@2.0.0", undefined],
  ["c", undefined],
  ["", undefined],
])("resolves %j to %s", (reference, id) => {
  const found = registry.resolve(reference);
  expect(found && bundleId(found)).toBe(id);
});
