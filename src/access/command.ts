import { existsSync, renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { KeysFileError, readKeys } from "./keys-file.js";
import { KeyName, makeKey, SCOPES, type KeyEntry, type Scope } from "./keys.js";

export const USAGE = `Makes an API key. The key is printed once; only its hash is kept.

npm run key -- --name NAME --scope SCOPE [--scope SCOPE …] [--file FILE]

  --name NAME     who holds it, as logs and metrics show it; a name may have several keys
  --scope SCOPE   what it opens: ${SCOPES.join(" | ")}; may be repeated
  --file FILE     the file to add it to, made when it is missing; by default the one of ONEPASS_KEYS_FILE.
                  Without either the entry is printed, to be pasted

A running server reads the file again within two seconds. To rotate a key make a second one of the same name, hand it out,
and delete the first entry.`;

interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Returns the exit code. file: where keys are kept when the arguments name no file. */
export function keyCommand(args: readonly string[], file: string | undefined, { stdout, stderr }: Output): number {
  try {
    const options = parseOptions(args);
    if (options === "help") {
      stdout.write(`${USAGE}\n`);
      return 0;
    }
    const { secret, entry } = makeKey(options.name, options.scopes);
    const target = options.file ?? file;
    if (target === undefined) stdout.write(`${JSON.stringify({ keys: [entry] }, null, 2)}\n`);
    else addKey(target, entry);
    stderr.write(target === undefined ? "The key, shown once:\n" : `Added to ${target}. The key, shown once:\n`);
    stdout.write(`${secret}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof KeysFileError)) throw error;
    stderr.write(`${error.message}\n`);
    return 2;
  }
}

class UsageError extends Error {}

function parseOptions(args: readonly string[]): { name: string; scopes: Scope[]; file?: string } | "help" {
  const { name, scope = [], file, help } = parse(args);
  if (help) return "help";
  if (!KeyName.safeParse(name).success || name === undefined) {
    throw new UsageError("--name: a name of letters, digits, dots, dashes and underscores, 63 at most");
  }
  const scopes = scope.map((one) => {
    const known = SCOPES.find((known) => known === one);
    if (known === undefined) throw new UsageError(`--scope: "${one}" is unknown; known are ${SCOPES.join(", ")}`);
    return known;
  });
  if (scopes.length === 0) throw new UsageError(`--scope is missing: one or several of ${SCOPES.join(", ")}`);
  return { name, scopes: [...new Set(scopes)], ...(file !== undefined && { file }) };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      name: { type: "string" },
      scope: { type: "string", multiple: true },
      file: { type: "string" },
      help: { type: "boolean", short: "h" },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

/** The file is replaced as a whole: a server that reads it meanwhile sees the old keys or the new ones. */
function addKey(file: string, entry: KeyEntry): void {
  const keys = existsSync(file) ? readKeys(file) : [];
  const next = `${file}.${process.pid}.new`;
  writeFileSync(next, `${JSON.stringify({ keys: [...keys, entry] }, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
}
