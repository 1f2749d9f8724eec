import { expect, test } from "vitest";
import { KeyRing, KeysFile, makeKey, type KeyEntry } from "../../src/access/keys.js";

test("a key opens what it was made for, under its name", () => {
  const { secret, entry } = makeKey("app", ["classify", "metrics"]);
  const caller = new KeyRing([makeKey("other", ["admin"]).entry, entry]).find(secret);
  expect(caller?.name).toBe("app");
  expect([...caller!.scopes]).toEqual(["classify", "metrics"]);
});

test("what is kept of a key does not open anything, nor does a key that is nearly one", () => {
  const { secret, entry } = makeKey("app", ["classify"]);
  const ring = new KeyRing([entry]);
  const flipped = secret.slice(0, -1) + (secret.endsWith("A") ? "B" : "A");
  for (const wrong of [
    entry.hash,
    entry.hash.slice(7),
    secret.slice(0, -1),
    `${secret}a`,
    flipped,
    "",
    "x".repeat(1e6),
  ]) {
    expect(ring.find(wrong)).toBeUndefined();
  }
  expect(JSON.stringify(entry)).not.toContain(secret.slice(3, 12));
});

test("no two keys are alike, and each has 256 random bits", () => {
  const secrets = Array.from({ length: 100 }, () => makeKey("app", ["classify"]).secret);
  expect(new Set(secrets).size).toBe(100);
  for (const secret of secrets) expect(Buffer.from(secret.slice(3), "base64url")).toHaveLength(32);
});

test("keys that are replaced open nothing any more; the old and the new key of one name can be good at once", () => {
  const [old, next] = [makeKey("app", ["classify"]), makeKey("app", ["classify"])];
  const ring = new KeyRing([old.entry]);
  ring.replace([old.entry, next.entry]);
  expect([old, next].map(({ secret }) => ring.find(secret)?.name)).toEqual(["app", "app"]);
  ring.replace([next.entry]);
  expect(ring.find(old.secret)).toBeUndefined();
  expect(ring.names).toEqual(["app"]);
});

const { entry } = makeKey("app", ["classify"]);
test.each<[string, unknown]>([
  ["another hash than SHA-256", { ...entry, hash: "md5:0" }],
  ["the secret itself", { ...entry, hash: makeKey("app", ["classify"]).secret }],
  ["no scope", { ...entry, scopes: [] }],
  ["a scope that there is not", { ...entry, scopes: ["root"] }],
  ["a name that would break a log", { ...entry, name: "a\nb" }],
  ["a field that nobody reads", { ...entry, scope: "classify" }],
])("a file of keys with %s is refused", (_name, key) => {
  expect(KeysFile.safeParse({ keys: [key] }).success).toBe(false);
});

test("a file of keys without any lets nobody in; one that holds a hash twice is refused", () => {
  const parse = (...keys: KeyEntry[]) => KeysFile.safeParse({ keys }).success;
  expect(parse()).toBe(true);
  expect(parse(entry, { ...entry, name: "other" })).toBe(false);
});
