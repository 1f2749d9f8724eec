import { readdir, readFile } from "node:fs/promises";

const KIB = 1024;

/** One process as `/proc/PID/status` tells of it. */
interface ProcessStatus {
  readonly pid: number;
  readonly parent: number;
  readonly bytes: number;
}

/**
 * Resident memory of a process and of all that descend from it, in bytes: the server and its workers. Pages that several
 * of them share count once for each. From Linux's `/proc`.
 * @throws Error when the process is gone or the platform has no `/proc`
 */
export async function residentBytes(pid: number): Promise<number> {
  const all = await processes();
  const own = all.find((one) => one.pid === pid);
  if (!own) throw new Error(`the resident memory of process ${pid} can't be read: there is no /proc/${pid}/status`);
  return treeBytes(all, own);
}

function treeBytes(all: readonly ProcessStatus[], root: ProcessStatus): number {
  const children = all.filter(({ parent }) => parent === root.pid);
  return children.reduce((sum, child) => sum + treeBytes(all, child), root.bytes);
}

async function processes(): Promise<ProcessStatus[]> {
  const names = await readdir("/proc").catch(() => []);
  const read = names
    .filter((name) => /^\d+$/.test(name))
    .map(async (name) => {
      // A process that ends meanwhile is no longer a part of the sum.
      const status = await readFile(`/proc/${name}/status`, "utf8").catch(() => "");
      return { pid: Number(name), ...parseStatus(status) };
    });
  return await Promise.all(read);
}

/** A process that has ended and waits for its parent has no `VmRSS`: it holds nothing. */
export function parseStatus(status: string): Omit<ProcessStatus, "pid"> {
  const number = (field: RegExp): number => Number(field.exec(status)?.[1] ?? 0);
  return { parent: number(/^PPid:\t(\d+)$/m), bytes: number(/^VmRSS:\s+(\d+) kB$/m) * KIB };
}
