import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PACKAGE_ROOT } from "../../src/package.js";

const POLL_MS = 50;

/** `npm start`, or another script, without npm. Our own `ONEPASS_*` variables do not reach it. */
export function startProcess(env: Record<string, string>, script = "scripts/start.js"): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("ONEPASS_"));
  return spawn(process.execPath, [join(PACKAGE_ROOT, script)], {
    env: { ...Object.fromEntries(inherited), ONEPASS_PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** The exit code of a process and all that it wrote to stderr. */
export async function outcomeOf(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stderr };
}

/** The URL that a process logs once it listens. */
export async function urlOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("no stdout");
  for await (const line of createInterface({ input: child.stdout })) {
    const { url } = (line.startsWith("{") ? JSON.parse(line) : {}) as { url?: string };
    if (url === undefined) continue;
    child.stdout.resume(); // a full pipe would stop the process
    return url;
  }
  throw new Error(`the process ended: ${(await outcomeOf(child)).stderr}`);
}

/** Waits until no engine is loading any more. */
export async function loaded(url: string): Promise<Response> {
  for (;;) {
    // A process that is busy loading may close a connection that it kept open at the moment when it is used again.
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    const { engines } = ((await answer?.clone().json()) ?? { engines: [] }) as { engines: { state: string }[] };
    if (answer && engines.length > 0 && engines.every(({ state }) => state !== "loading")) return answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
