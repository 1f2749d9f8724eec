import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { CommandError } from "../errors.js";
import { KeyRing, KeysFile, type KeyEntry } from "./keys.js";

/** Files are looked at, not waited for: events get lost on network folders and on the links that Kubernetes swaps. */
const LOOK_EVERY_MS = 1_000;
const MAX_BYTES = 1_048_576;

/** Why a file of keys can't be used; quotes nothing of it. */
export class KeysFileError extends CommandError {}

/** @throws KeysFileError */
export function readKeys(file: string): KeyEntry[] {
  const parsed = KeysFile.safeParse(parseJson(file));
  if (parsed.success) return parsed.data.keys;
  const [issue] = parsed.error.issues;
  throw new KeysFileError(`${file} is malformed at /${issue?.path.join("/") ?? ""}: ${issue?.message ?? ""}`);
}

function parseJson(file: string): unknown {
  let json: string;
  try {
    json = readFileSync(file, "utf8");
  } catch (cause) {
    throw new KeysFileError(`${file} can't be read`, { cause });
  }
  if (json.length > MAX_BYTES) throw new KeysFileError(`${file} is larger than ${MAX_BYTES} bytes`);
  try {
    return JSON.parse(json);
  } catch {
    throw new KeysFileError(`${file} is no JSON`); // the parser's own words quote the file
  }
}

export interface ReloadObserver {
  /** names: of the keys that are good now. */
  readonly reloaded: (names: readonly string[]) => void;
  /** The keys that were read before stay good. */
  readonly failed: (error: KeysFileError) => void;
}

/** A ring that follows its file: a change is read within a second or two, and at once by `reload`. */
export class WatchedKeys implements Disposable {
  readonly ring: KeyRing;
  readonly #look = (now: { mtimeMs: number; ino: number }, before: { mtimeMs: number; ino: number }) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) this.reload();
  };

  /** @throws KeysFileError: a server with keys that it can't read must not start without them */
  constructor(
    private readonly file: string,
    private readonly observer: ReloadObserver,
  ) {
    this.ring = new KeyRing(readKeys(file));
    watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, this.#look);
  }

  reload(): void {
    try {
      const entries = readKeys(this.file);
      this.ring.replace(entries);
      this.observer.reloaded(entries.map(({ name }) => name));
    } catch (error) {
      if (!(error instanceof KeysFileError)) throw error;
      this.observer.failed(error);
    }
  }

  [Symbol.dispose](): void {
    unwatchFile(this.file, this.#look);
  }
}
