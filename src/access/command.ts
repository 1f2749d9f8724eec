import { existsSync, renameSync, writeFileSync } from "node:fs";
import type { Screen } from "../evaluation/progress.js";
import { readKeys } from "./keys-file.js";
import { makeKey, type KeyEntry, type Scope } from "./keys.js";

export interface KeyOptions {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Where keys are kept; undefined: the entry is printed. */
  readonly file: string | undefined;
  readonly json: boolean;
}

/** `onepass key`: stdout is the key alone, or below the entry to be kept. @throws KeysFileError */
export function keyCommand(
  { name, scopes, file, json }: KeyOptions,
  { stdout, stderr }: Record<"stdout" | "stderr", Screen>,
): void {
  const { secret, entry } = makeKey(name, [...scopes]);
  if (json) {
    if (file !== undefined) addKey(file, entry);
    stdout.write(`${JSON.stringify({ key: secret, entry, ...(file !== undefined && { file }) })}\n`);
    return;
  }
  if (file === undefined) stdout.write(`${JSON.stringify({ keys: [entry] }, null, 2)}\n`);
  else addKey(file, entry);
  stderr.write(file === undefined ? "The key, shown once:\n" : `Added to ${file}. The key, shown once:\n`);
  stdout.write(`${secret}\n`);
}

/** The file is replaced as a whole: a server that reads it meanwhile sees the old keys or the new ones. */
function addKey(file: string, entry: KeyEntry): void {
  const keys = existsSync(file) ? readKeys(file) : [];
  const next = `${file}.${process.pid}.new`;
  writeFileSync(next, `${JSON.stringify({ keys: [...keys, entry] }, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
}
