import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readKeys } from "../../src/access/keys-file.js";
import { KeyRing, KeysFile } from "../../src/access/keys.js";
import type { Io } from "../../src/cli/io.js";
import { key } from "../../src/cli/key.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "onepass-keys-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function run(args: string[], file?: string) {
  let [stdout, stderr] = ["", ""];
  const io = {
    env: { ONEPASS_KEYS_FILE: file },
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    stop: new AbortController().signal,
  };
  return { code: await key.run(args, io as unknown as Io), stdout, stderr };
}

test("a key is added to the file, and stdout is the key alone", async () => {
  const file = join(folder, "keys.json");
  const made: string[] = [];
  for (const args of ["--name app --scope classify", "--name prometheus --scope metrics"]) {
    made.push((await run([...args.split(" "), "--file", file])).stdout);
  }
  const ring = new KeyRing(readKeys(file));
  expect(made.map((secret) => ring.find(secret.trim())?.name)).toEqual(["app", "prometheus"]);
  expect(readFileSync(file, "utf8")).not.toContain(made[0]!.trim());
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("the server's own file is used when none is named", async () => {
  const file = join(folder, "keys.json");
  expect((await run(["--name", "app", "--scope", "classify", "--scope", "admin"], file)).code).toBe(0);
  expect(readKeys(file)[0]?.scopes).toEqual(["classify", "admin"]);
});

test("without a file the entry is printed, ready to be one", async () => {
  const { stdout } = await run(["--name", "app", "--scope", "classify"]);
  const end = stdout.lastIndexOf("}") + 1;
  const { keys } = KeysFile.parse(JSON.parse(stdout.slice(0, end)));
  expect(new KeyRing(keys).find(stdout.slice(end).trim())?.name).toBe("app");
});

test.each([
  [["--scope", "classify"], "--name"],
  [["--name", "a b", "--scope", "classify"], "--name"],
  [["--name", "app"], "--scope is missing"],
  [["--name", "app", "--scope", "root"], '"root" is unknown'],
  [["--name", "app", "--scope", "classify", "--surprise"], "--surprise"],
])("%j is told what is wrong, and no key is made", async (args, message) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
});

test("a file that is no file of keys is left as it is", async () => {
  const file = join(folder, "keys.json");
  writeFileSync(file, "notes");
  expect(await run(["--name", "app", "--scope", "classify", "--file", file])).toMatchObject({ code: 2, stdout: "" });
  expect(readFileSync(file, "utf8")).toBe("notes");
});

test("as JSON the key comes with its entry", async () => {
  const file = join(folder, "keys.json");
  const { stdout, stderr } = await run(["--name", "app", "--scope", "classify", "--file", file, "--json"]);
  const { key: secret, entry } = JSON.parse(stdout) as { key: string; entry: object };
  expect(stderr).toBe("");
  expect(readKeys(file)).toEqual([entry]);
  expect(new KeyRing(readKeys(file)).find(secret)?.name).toBe("app");
});
