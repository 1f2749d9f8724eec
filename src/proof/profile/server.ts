import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import type { Profiler } from "node:inspector";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PACKAGE_ROOT } from "../../package.js";
import { ProfileError } from "./errors.js";

const INTERVAL_US = 200; // shorter ones slow what they measure
const LAST_WORDS = 2_000; // characters of stderr that are told

/** A server whose main thread is being profiled. */
export interface ProfiledServer extends AsyncDisposable {
  readonly url: string;
  /** Aborted with a ProfileError when the server ends by itself. */
  readonly gone: AbortSignal;
  /** Stops the server; the profile of its whole life. */
  profile(): Promise<Profiler.Profile>;
}

/** `npm start` without npm, on a free port, with the models in the same process: one flame shows all of a request. @throws ProfileError with the server's last words */
export async function startProfiled(env: NodeJS.ProcessEnv): Promise<ProfiledServer> {
  const folder = await mkdtemp(join(tmpdir(), "onepass-profile-"));
  const profiler = ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${INTERVAL_US}`];
  const child = spawn(process.execPath, [...profiler, join(PACKAGE_ROOT, "scripts/start.js")], {
    // Its address is read from the log.
    env: {
      ONEPASS_WORKERS: "in-process",
      ...env,
      ONEPASS_HOST: "127.0.0.1",
      ONEPASS_PORT: "0",
      ONEPASS_LOG_LEVEL: "info",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-LAST_WORDS)));
  const gone = new AbortController();
  const closed = once(child, "close").then(() => {
    gone.abort(new ProfileError(`the server ended (${child.signalCode ?? `exit code ${child.exitCode}`}): ${words}`));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await closed;
  };
  const dispose = async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  const profile = async () => {
    await stop();
    const files = await readdir(folder);
    const main = files.find((name) => /\.0\.\d+\.cpuprofile$/.test(name)); // thread 0
    if (main === undefined) throw new ProfileError("the server wrote no profile");
    return JSON.parse(await readFile(join(folder, main), "utf8")) as Profiler.Profile;
  };
  try {
    const url = await Promise.race([listening(createInterface(child.stdout)), closed]);
    if (url === undefined) throw gone.signal.reason;
    return { url, gone: gone.signal, profile, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The address in the log. The lines are read to the end: a full pipe would stop the server. */
function listening(log: NodeJS.EventEmitter): Promise<string> {
  return new Promise((resolve) => {
    log.on("line", (line: string) => {
      const url = addressIn(line);
      if (url !== undefined) resolve(url);
    });
  });
}

/** The address that a line of the log tells. */
export function addressIn(line: string): string | undefined {
  return /"url":"(http:[^"]+)".*"msg":"listening"/.exec(line)?.[1];
}
