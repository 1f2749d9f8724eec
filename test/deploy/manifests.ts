import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { parseAllDocuments } from "yaml";
import { PACKAGE_ROOT } from "../../src/package.js";

export const DEPLOY = join(PACKAGE_ROOT, "deploy");

/** A manifest as it was read: whatever the file says. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the schemas say what it is
export type Manifest = any;

/** Every manifest that a YAML text holds. @throws what is no YAML, or gives a key twice */
export function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault) throw fault;
    return document.toJS();
  });
}

/** The YAML files below some folders of `deploy/`, by their paths there. */
export function manifestFiles(...folders: string[]): Record<string, Manifest[]> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(DEPLOY, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => join(DEPLOY, folder, name)),
  );
  return Object.fromEntries(files.map((file) => [relative(DEPLOY, file), manifestsIn(readFileSync(file, "utf8"))]));
}

interface Schemas {
  readonly kinds: Record<string, object>;
  readonly $defs: object;
  readonly compose: object;
}

const { kinds, $defs, compose } = JSON.parse(
  readFileSync(join(dirname(import.meta.filename), "schemas.json"), "utf8"),
) as Schemas;
const ajv = new Ajv2020({ strict: false, allErrors: true });

/** What is wrong with a manifest by the schema of its kind; nothing is. */
export function faultsOf(manifest: Manifest): string[] {
  const kind = `${manifest.apiVersion} ${manifest.kind}`;
  const schema = kinds[kind];
  if (!schema) return [`there is no schema of ${kind}`];
  return told(ajv.compile({ ...schema, $defs }), manifest, kind);
}

/** What is wrong with a Compose file. */
export function composeFaultsOf(file: Manifest): string[] {
  return told(ajv.compile(compose), file, "");
}

function told(validate: ValidateFunction, manifest: Manifest, name: string): string[] {
  if (validate(manifest)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${name}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
