import { existsSync, renameSync, writeFileSync } from "node:fs";
import { readKeys } from "./keys-file.js";
import type { KeyEntry } from "./keys.js";

/**
 * Adds a key to a file, which is made when it is missing. It is replaced as a whole: a server that reads it meanwhile sees the old keys or
 * the new ones. @throws KeysFileError for a file that holds something else
 */
export function addKey(file: string, entry: KeyEntry): void {
  const keys = existsSync(file) ? readKeys(file) : [];
  const next = `${file}.${process.pid}.new`;
  writeFileSync(next, keysJson([...keys, entry]), { mode: 0o600 });
  renameSync(next, file);
}

export function keysJson(keys: readonly KeyEntry[]): string {
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}
