import { constants } from "node:fs";
import { open, realpath, type FileHandle } from "node:fs/promises";
import { join, sep } from "node:path";

/** Why a file of a bundle is not opened. */
export class FileFault extends Error {}

// Opening a pipe that nobody writes to would wait for ever; a link in place of the file that was looked at would be followed.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * Opens a regular file inside a folder; links are followed as long as they stay inside. The caller closes it.
 * @throws FileFault
 */
export async function openInside(folder: string, name: string): Promise<{ handle: FileHandle; size: number }> {
  const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, name))]).catch(cantBeRead);
  if (!path.startsWith(root + sep)) throw new FileFault("is a link that leaves the bundle's folder");
  const handle = await open(path, FLAGS).catch(cantBeRead);
  const { size, isFile } = await handle.stat().then((stat) => ({ size: stat.size, isFile: stat.isFile() }));
  if (isFile) return { handle, size };
  await handle.close();
  throw new FileFault("is no regular file");
}

/** The whole of a small file as text. @throws FileFault when it is larger than `maxBytes` */
export async function readInside(folder: string, name: string, maxBytes: number): Promise<string> {
  const { handle, size } = await openInside(folder, name);
  try {
    if (size > maxBytes) throw new FileFault(`has ${size} bytes, the most is ${maxBytes}`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

function cantBeRead(cause: unknown): never {
  const { code } = cause as { code?: unknown };
  const why = code === "ENOENT" ? "is missing" : code === "EACCES" ? "may not be read by this user" : "can't be read";
  throw new FileFault(why, { cause });
}
