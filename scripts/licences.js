import { readFileSync } from "node:fs";
import { join } from "node:path";

// Whether every package of the lock file has a licence that goes with Apache-2.0 and asks nothing of who runs a server: those that are
// shipped, and those that only build and test it. The lock file has the licence of each, so this needs no network.
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "OFL-1.1", // of a typeface that the page brings along
  "PSF-2.0",
  "Python-2.0",
  "Zlib",
]);
/** Weak copyleft, by file: fine for tools that are not shipped. */
const ALLOWED_IN_TOOLS = new Set([...ALLOWED, "MPL-2.0", "CC-BY-4.0"]);

/** Packages that state their licence where the lock file does not look. */
const STATED = new Map([["node_modules/spacetime-holiday", "MIT"]]); // its package.json says "licence"

/** `MIT OR (CC0-1.0 AND ISC)`: one side of an OR, both sides of an AND. */
export function isAllowed(expression, allowed) {
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const one = () => {
    const token = tokens[at++];
    if (token !== "(") return allowed.has(token);
    const inner = either();
    at++; // the closing one
    return inner;
  };
  const both = () => {
    let sides = one();
    while (tokens[at] === "AND") {
      at++;
      sides = one() && sides;
    }
    return sides;
  };
  const either = () => {
    let sides = both();
    while (tokens[at] === "OR") {
      at++;
      sides = both() || sides;
    }
    return sides;
  };
  return either() && at === tokens.length;
}

/** Packages whose licence is not allowed, in words. packages: of a lock file. */
export function faultyLicences(packages) {
  return Object.entries(packages)
    .filter(([path, { link }]) => path.startsWith("node_modules/") && !link)
    .map(([path, { license = STATED.get(path) ?? "none", ...rest }]) => [path, { ...rest, license }])
    .filter(([, { license, dev }]) => !isAllowed(license, dev ? ALLOWED_IN_TOOLS : ALLOWED))
    .map(([path, { license, version }]) => `${path.replace(/.*node_modules\//, "")}@${version}: ${license}`);
}

if (import.meta.filename === process.argv[1]) {
  const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, "../package-lock.json"), "utf8"));
  const faulty = faultyLicences(packages);
  for (const fault of faulty) console.error(`${fault} is not among the licences of scripts/licences.js`);
  console.log(`licences: ${Object.keys(packages).length - 1} packages, ${faulty.length} to look at`);
  process.exitCode = faulty.length === 0 ? 0 : 1;
}
