import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { basename, join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** Where what can be made again is kept, as the XDG base directory specification has it. */
export const cacheFolder = (env: Env): string => join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "onepass");

/** Where a training that makes the bundle `out` (absolute) keeps its rows and checkpoints. */
export function workFolder(env: Env, out: string): string {
  const digest = createHash("sha256").update(out).digest("hex").slice(0, 8);
  return join(cacheFolder(env), "training", `${basename(out)}-${digest}`);
}
