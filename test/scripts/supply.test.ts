import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../src/package.js";

interface Component {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly "bom-ref": string;
  readonly components?: readonly { readonly name: string; readonly hashes: readonly { readonly content: string }[] }[];
}
interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}
type Packages = Readonly<
  Record<string, { readonly license?: string; readonly version?: string; readonly dev?: boolean }>
>;

/** Plain JavaScript, which has no types. */
const load = (script: string) => import(`../../scripts/${script}.js`) as Promise<unknown>;
const { isAllowed, faultyLicences } = (await load("licences")) as {
  isAllowed: (expression: string, allowed: ReadonlySet<string>) => boolean;
  faultyLicences: (packages: Packages) => string[];
};
const { billOfMaterials } = (await load("sbom")) as { billOfMaterials: () => Bill };
const readJson = (path: string) => JSON.parse(readFileSync(join(PACKAGE_ROOT, path), "utf8")) as never;

test.each([
  ["MIT", true],
  ["GPL-3.0-only", false],
  ["MIT OR GPL-3.0-only", true],
  ["GPL-3.0-only OR MIT", true],
  ["MIT AND GPL-3.0-only", false],
  ["(MIT AND ISC)", true],
  ["(GPL-2.0-only OR MIT) AND ISC", true],
  ["MIT AND (ISC AND GPL-2.0-only)", false],
  ["", false],
  ["SEE LICENSE IN LICENSE", false],
  ["UNLICENSED", false],
])("the licence %j is allowed: %j", (expression, allowed) => {
  expect(isAllowed(expression, new Set(["MIT", "ISC"]))).toBe(allowed);
});

test("a package without a licence is told, and one for tools alone may be under MPL", () => {
  const packages = {
    "": {},
    "node_modules/a": { version: "1.0.0" },
    "node_modules/a/node_modules/b": { version: "2.0.0", license: "MPL-2.0" },
    "node_modules/c": { version: "3.0.0", license: "MPL-2.0", dev: true },
  };
  expect(faultyLicences(packages)).toEqual(["a@1.0.0: none", "b@2.0.0: MPL-2.0"]);
});

test("every package of the lock file has a licence that is allowed", () => {
  const { packages } = readJson("package-lock.json") as { packages: Packages };
  expect(faultyLicences(packages)).toEqual([]);
});

test("the bill of materials has every dependency and every file of every model, and no tool", () => {
  const { bomFormat, metadata, components } = billOfMaterials();
  expect(bomFormat).toBe("CycloneDX");
  expect(metadata.component.name).toBe("onepass");
  const names = components.map(({ name }) => name);
  const { dependencies, devDependencies } = readJson("package.json") as Record<string, Record<string, string>>;
  for (const name of Object.keys(dependencies!)) expect(names).toContain(name);
  for (const name of Object.keys(devDependencies!)) expect(names).not.toContain(name);
  const model = components.find(({ type, name }) => type === "machine-learning-model" && name === "onepass-en");
  const { files } = readJson("models/onepass-en/bundle.json") as { files: Record<string, string> };
  expect(Object.fromEntries(model!.components!.map(({ name, hashes }) => [name, hashes[0]!.content]))).toEqual(files);
  const references = components.map((component) => component["bom-ref"]);
  expect(new Set(references).size).toBe(references.length);
});
