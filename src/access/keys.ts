import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/** What a key opens: requests to models, reloading them, `/metrics`. None implies another. */
export const SCOPES = ["classify", "admin", "metrics"] as const;
export type Scope = (typeof SCOPES)[number];

/** Marks our keys for scanners of secrets. */
const PREFIX = "op_";
const KEY_BYTES = 32;
/** Longer than any key of ours: not worth hashing. */
const MAX_KEY_CHARS = 256;
const MAX_KEYS = 256;
const DIGEST = "sha256:";

export const KeyName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, "must be of letters, digits, dots, dashes and underscores, 63 at most");

/** A key as it is kept: who holds it, what it opens, and the hash of the secret, never the secret. */
export const KeyEntry = z.strictObject({
  /** Shown in logs and metrics. Several entries may have one name: the old key and the new one, while both are good. */
  name: KeyName,
  scopes: z.array(z.enum(SCOPES)).min(1),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be "sha256:" and 64 hexadecimal digits'),
  /** Instead of `ONEPASS_RATE_LIMIT_PER_MINUTE`; 0: no limit. */
  rate_limit_per_minute: z.int().min(0).optional(),
});
export type KeyEntry = z.infer<typeof KeyEntry>;

export const KeysFile = z
  .strictObject({ keys: z.array(KeyEntry).max(MAX_KEYS) })
  .refine(({ keys }) => new Set(keys.map((key) => key.hash)).size === keys.length, "holds one hash twice");

/** Who calls, as the rest of the server knows it. */
export interface Caller {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly rateLimitPerMinute: number | undefined;
}

/** The keys of a server. A lookup takes some microseconds. */
export class KeyRing {
  #keys: readonly { readonly digest: Buffer; readonly caller: Caller }[] = [];

  constructor(entries: readonly KeyEntry[]) {
    this.replace(entries);
  }

  /** Whose keys are good, a name a key. */
  get names(): string[] {
    return this.#keys.map(({ caller }) => caller.name);
  }

  replace(entries: readonly KeyEntry[]): void {
    this.#keys = entries.map(({ name, scopes, hash, rate_limit_per_minute }) => ({
      digest: Buffer.from(hash.slice(DIGEST.length), "hex"),
      caller: { name, scopes: new Set(scopes), rateLimitPerMinute: rate_limit_per_minute },
    }));
  }

  /** Whose key it is. Every key is compared, each in constant time: how long it takes tells nothing of a key. */
  find(secret: string): Caller | undefined {
    if (secret.length > MAX_KEY_CHARS) return undefined;
    const digest = hash("sha256", secret, "buffer");
    let found: Caller | undefined;
    for (const key of this.#keys) if (timingSafeEqual(key.digest, digest)) found = key.caller;
    return found;
  }
}

/**
 * A new key. Plain SHA-256 is enough for 256 random bits: there is nothing to guess, so a slow hash would only slow requests.
 */
export function makeKey(name: string, scopes: readonly Scope[]): { secret: string; entry: KeyEntry } {
  const secret = PREFIX + randomBytes(KEY_BYTES).toString("base64url");
  return { secret, entry: { name, scopes: [...scopes], hash: DIGEST + hash("sha256", secret, "hex") } };
}
