import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// A software bill of materials in CycloneDX: the packages that are shipped, as npm lists them, and the models beside them, which no
// tool for packages sees. `npm run sbom` prints it; `npm run sbom -- FILE` writes it.
const ROOT = join(import.meta.dirname, "..");
const TIMEOUT_MS = 120_000;

export function billOfMaterials() {
  const args = ["sbom", "--sbom-format", "cyclonedx", "--sbom-type", "application"];
  const { stdout, stderr, status, error } = spawnSync("npm", args, {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1_048_576,
    timeout: TIMEOUT_MS,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (error || status !== 0) throw new Error(`npm sbom failed: ${error?.message ?? stderr.trim()}`);
  const bill = JSON.parse(stdout);
  const { name, devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  bill.metadata.component.name = name; // npm takes the folder's
  // `--omit dev` also leaves out what a tool asks for as a peer, though the server needs it, too.
  bill.components = bill.components.filter((component) => !isTool(component, devDependencies));
  const references = new Set([bill.metadata.component, ...bill.components].map((component) => component["bom-ref"]));
  bill.dependencies = bill.dependencies
    .filter(({ ref }) => references.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => references.has(other)) }));
  bill.components.push(...modelsIn(join(ROOT, "models")));
  return bill;
}

function isTool({ name, properties = [] }, tools) {
  return (
    name in tools ||
    properties.some((property) => property.name === "cdx:npm:package:development" && property.value === "true")
  );
}

/** Every bundle of a folder, with the hash of each of its files. */
export function modelsIn(folder) {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name, "bundle.json"))
    .filter((manifest) => existsSync(manifest))
    .map((path) => {
      const { name, version, description, license, files } = JSON.parse(readFileSync(path, "utf8"));
      return {
        type: "machine-learning-model",
        "bom-ref": `model:${name}@${version}`,
        name,
        version,
        description,
        licenses: [{ expression: license }],
        components: Object.entries(files).map(([file, sha256]) => ({
          type: "file",
          "bom-ref": `model:${name}@${version}/${file}`,
          name: file,
          hashes: [{ alg: "SHA-256", content: sha256 }],
        })),
      };
    });
}

if (import.meta.filename === process.argv[1]) {
  const json = `${JSON.stringify(billOfMaterials(), null, 2)}\n`;
  const [file] = process.argv.slice(2);
  if (file === undefined) process.stdout.write(json);
  else writeFileSync(file, json);
}
