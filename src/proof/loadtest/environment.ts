import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { environment, type Environment } from "../evaluation/report.js";
import { PACKAGE_ROOT } from "../../package.js";
import { versionOf } from "./discover.js";
import type { Server } from "./server.js";

export interface RunEnvironment extends Environment {
  /** Version of the server and of its Node, where it says so. */
  readonly server?: string;
  /** `ONEPASS_*` settings that it was started with and that may change the figures. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface Commit {
  readonly sha: string;
  /** Whether tracked files differ from it. */
  readonly changed: boolean;
}

async function git(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("git", args, { cwd: PACKAGE_ROOT });
  return stdout.trim();
}

/** Of this checkout; undefined outside of one. */
export async function currentCommit(): Promise<Commit | undefined> {
  try {
    const [sha, changes] = [await git("rev-parse", "HEAD"), await git("status", "--porcelain", "--untracked-files=no")];
    return { sha, changed: changes !== "" };
  } catch {
    return undefined;
  }
}

/** Where the figures come from, besides the commit. */
export async function describeEnvironment(server: Server, signal: AbortSignal): Promise<RunEnvironment> {
  const version = await versionOf(server.url, signal);
  return { ...environment(), ...(version !== undefined && { server: version }), settings: server.settings };
}
