import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keyCommand } from "../../src/access/command.js";
import { readKeys } from "../../src/access/keys-file.js";
import { KeyRing, KeysFile } from "../../src/access/keys.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "onepass-keys-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(args: string[], file?: string) {
  let [stdout, stderr] = ["", ""];
  const output = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
  };
  return { code: keyCommand(args, file, output), stdout, stderr };
}

test("a key is added to the file, and stdout is the key alone", () => {
  const file = join(folder, "keys.json");
  const made = [["app", "classify"] as const, ["prometheus", "metrics"] as const].map(
    ([name, scope]) => run(["--name", name, "--scope", scope, "--file", file]).stdout,
  );
  const ring = new KeyRing(readKeys(file));
  expect(made.map((secret) => ring.find(secret.trim())?.name)).toEqual(["app", "prometheus"]);
  expect(readFileSync(file, "utf8")).not.toContain(made[0]!.trim());
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("the server's own file is used when none is named", () => {
  const file = join(folder, "keys.json");
  expect(run(["--name", "app", "--scope", "classify", "--scope", "admin"], file).code).toBe(0);
  expect(readKeys(file)[0]?.scopes).toEqual(["classify", "admin"]);
});

test("without a file the entry is printed, ready to be one", () => {
  const { stdout } = run(["--name", "app", "--scope", "classify"]);
  const end = stdout.lastIndexOf("}") + 1;
  const { keys } = KeysFile.parse(JSON.parse(stdout.slice(0, end)));
  expect(new KeyRing(keys).find(stdout.slice(end).trim())?.name).toBe("app");
});

test.each([
  [["--scope", "classify"], "--name"],
  [["--name", "a b", "--scope", "classify"], "--name"],
  [["--name", "app"], "--scope is missing"],
  [["--name", "app", "--scope", "root"], '"root" is unknown'],
  [["--surprise"], "--surprise"],
])("%j is told what is wrong, and no key is made", (args, message) => {
  const { code, stdout, stderr } = run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
});

test("a file that is no file of keys is left as it is", () => {
  const file = join(folder, "keys.json");
  writeFileSync(file, "notes");
  expect(run(["--name", "app", "--scope", "classify", "--file", file])).toMatchObject({ code: 2, stdout: "" });
  expect(readFileSync(file, "utf8")).toBe("notes");
});
