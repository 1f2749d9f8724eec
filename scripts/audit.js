import { spawnSync } from "node:child_process";

// `npm audit` of what is shipped: fails on a known vulnerability that is high or worse. Without a registry that knows any (no network, a
// mirror) it says so and passes: an outage is no vulnerability.
const LEVEL = "high";
const TIMEOUT_MS = 120_000;

const { stdout, error } = spawnSync("npm", ["audit", "--omit=dev", "--json"], {
  encoding: "utf8",
  timeout: TIMEOUT_MS,
});
const counts = error ? undefined : readCounts(stdout);
if (counts === undefined) {
  console.log("SKIPPED: npm audit, since no registry answered it");
} else {
  const { high, critical, moderate, low } = counts;
  console.log(`npm audit: ${critical} critical, ${high} high, ${moderate} moderate, ${low} low`);
  if (high + critical > 0) {
    console.error(`Run npm audit: the packages that are shipped have vulnerabilities of level ${LEVEL} or worse`);
    process.exitCode = 1;
  }
}

/** Undefined for what is no report: an error of the registry. */
function readCounts(json) {
  try {
    return JSON.parse(json).metadata?.vulnerabilities;
  } catch {
    return undefined;
  }
}
