import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileCursor } from "../../src/bundle/cursor.js";

/** Lets `read` read a file of these bytes. */
export function withCursor<T>(bytes: Uint8Array, read: (file: FileCursor) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "onepass-file-"));
  const path = join(folder, "file");
  writeFileSync(path, bytes);
  const fd = openSync(path, "r");
  try {
    return read(new FileCursor(fd, bytes.length));
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}
