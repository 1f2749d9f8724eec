import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { isStale } from "./build.js";

// From a fresh clone to a server that answers: installs, builds, starts, and says how to ask it.
const ROOT = join(import.meta.dirname, "..");
const INSTALLED = join(ROOT, "node_modules/.package-lock.json"); // written by npm at the end of an install
const POLL_MS = 100;

if (!existsSync(INSTALLED) || statSync(INSTALLED).mtimeMs < statSync(join(ROOT, "package-lock.json")).mtimeMs) {
  console.log("Installing 500 MB of packages, once.");
  const { status } = spawnSync("npm", ["ci"], { cwd: ROOT, stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}
if (isStale()) console.log("Compiling.");
await import("./start.js");
const { readConfig } = await import("../dist/src/config/read.js");
const config = readConfig(process.env);
if (config.port !== 0) await announce(addressOf(config)); // a port that the system chose is in the log alone

/** Where this machine reaches the server. */
function addressOf({ host, port }) {
  const local = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${local.includes(":") ? `[${local}]` : local}:${port}`;
}

/** Waits until the server is ready; one that can't start ends this process by itself. */
async function announce(url) {
  for (;;) {
    const ready = await fetch(`${url}/readyz`).catch(() => undefined);
    if (ready?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  console.log(`
onepass answers at ${url}

  curl ${url}/classify -d '{"text":"wake me up at nine on friday"}'
`);
}
