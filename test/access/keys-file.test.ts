import { mkdtemp, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi, type Mock } from "vitest";
import { KeysFileError, WatchedKeys } from "../../src/access/keys-file.js";
import { makeKey, type KeyEntry } from "../../src/access/keys.js";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "onepass-keys-"));
  file = join(folder, "keys.json");
});

const open: WatchedKeys[] = [];

afterEach(async () => {
  for (const keys of open.splice(0)) keys[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

const write = (...keys: KeyEntry[]) => writeFile(file, JSON.stringify({ keys }));
const [first, second] = [makeKey("first", ["classify"]), makeKey("second", ["classify"])];

function watched() {
  const observer = { reloaded: vi.fn(), failed: vi.fn() };
  const keys = new WatchedKeys(file, observer);
  open.push(keys);
  return { ...observer, keys };
}

async function called(observed: Mock, names: string[]): Promise<void> {
  await vi.waitFor(() => {
    expect(observed).toHaveBeenCalledWith(names);
  }, 10_000);
}

test("a changed file is read again without being asked", async () => {
  await write(first.entry);
  const { keys, reloaded } = watched();
  await write(second.entry);
  await called(reloaded, ["second"]);
  expect(keys.ring.find(first.secret)).toBeUndefined();
  expect(keys.ring.find(second.secret)?.name).toBe("second");
});

test("a file behind a link is followed when the link is swapped, as Kubernetes does", async () => {
  await write(first.entry);
  const link = join(folder, "link.json");
  await symlink(file, link);
  const observer = { reloaded: vi.fn(), failed: vi.fn() };
  using keys = new WatchedKeys(link, observer);
  await writeFile(join(folder, "next.json"), JSON.stringify({ keys: [second.entry] }));
  await unlink(link);
  await symlink(join(folder, "next.json"), link);
  await called(observer.reloaded, ["second"]);
  expect(keys.ring.find(second.secret)?.name).toBe("second");
});

test.each([
  ["no JSON", '{"keys":['],
  ["malformed", '{"keys":[{"name":"x"}]}'],
])("a file that is %s keeps the keys that were good", async (_name, content) => {
  await write(first.entry);
  const { keys, failed } = watched();
  await writeFile(file, content);
  keys.reload();
  expect(failed).toHaveBeenCalledWith(expect.any(KeysFileError));
  expect(keys.ring.find(first.secret)?.name).toBe("first");
});

test("a file that is gone keeps the keys that were good", async () => {
  await write(first.entry);
  const { keys, failed } = watched();
  await rm(file);
  keys.reload();
  expect(failed).toHaveBeenCalledOnce();
  expect(keys.ring.find(first.secret)?.name).toBe("first");
});

test("a file that can't be read at the start is an error, which quotes nothing of it", async () => {
  await writeFile(file, `{"secret-in-the-wrong-place`);
  expect(watched).toThrow(KeysFileError);
  expect(watched).not.toThrow(/secret/);
  await rm(file);
  expect(watched).toThrow("can't be read");
});
