import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

/** Cores of their own for the load and for the server: otherwise the load, which grows, takes the server's. */
export interface Pinning {
  /** What the server is started with: `taskset -c 1-3`. */
  readonly launcher: readonly string[];
  /** For the report. */
  readonly cores: { readonly server: string; readonly load: string };
}

/**
 * Puts this thread on the first core that the process may use, and says how the server is put on the others.
 * @returns undefined where there is one core only, or no `taskset` (util-linux)
 */
export async function pin(): Promise<Pinning | undefined> {
  if (availableParallelism() < 2) return undefined;
  const taskset = (...args: string[]) => promisify(execFile)("taskset", args);
  try {
    const { stdout } = await taskset("-cp", `${process.pid}`);
    const [load, ...others] = parseCores(stdout.slice(stdout.lastIndexOf(":") + 1));
    if (load === undefined || others.length === 0) return undefined;
    await taskset("-cp", `${load}`, `${process.pid}`);
    const server = others.join(",");
    return { launcher: ["taskset", "-c", server], cores: { server, load: `${load}` } };
  } catch {
    return undefined;
  }
}

/** `0,2-4` -> 0, 2, 3, 4. */
export function parseCores(list: string): number[] {
  return list.split(",").flatMap((part) => {
    const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    if (first === undefined) return [];
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
  });
}
