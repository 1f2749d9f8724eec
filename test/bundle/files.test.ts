import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileFault, openInside, readInside } from "../../src/bundle/files.js";

let place: string;
let folder: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "onepass-files-"));
  folder = join(place, "bundle");
  await mkdir(folder);
  await writeFile(join(place, "secret"), "secret");
  await writeFile(join(folder, "weights"), "weights");
});

afterEach(async () => {
  await rm(place, { recursive: true });
});

test("a file and a link to one inside of the folder are opened", async () => {
  await symlink("weights", join(folder, "link"));
  expect(await readInside(folder, "weights", 100)).toBe("weights");
  expect(await readInside(folder, "link", 100)).toBe("weights");
});

test("a folder that is itself behind a link is one", async () => {
  await symlink(folder, join(place, "latest"));
  expect(await readInside(join(place, "latest"), "weights", 100)).toBe("weights");
});

test.each([
  ["a link to a file outside", "../secret"],
  ["a link by an absolute path", "/etc/hostname"],
  ["a link to the folder above", ".."],
])("%s is refused", async (_name, target) => {
  await symlink(target, join(folder, "link"));
  await expect(openInside(folder, "link")).rejects.toThrow(FileFault);
});

test("the folder beside it, whose name begins alike, is outside, too", async () => {
  await mkdir(join(place, "bundle-two"));
  await writeFile(join(place, "bundle-two", "weights"), "other");
  await symlink("../bundle-two/weights", join(folder, "link"));
  await expect(openInside(folder, "link")).rejects.toThrow("leaves the bundle's folder");
});

test("a folder, a pipe that nobody writes to and what is missing are refused at once", async () => {
  await mkdir(join(folder, "inner"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  await expect(openInside(folder, "inner")).rejects.toThrow("no regular file");
  await expect(openInside(folder, "pipe")).rejects.toThrow("no regular file");
  await expect(openInside(folder, "missing")).rejects.toThrow("is missing");
});

test("no more is read than was asked for", async () => {
  await expect(readInside(folder, "weights", 6)).rejects.toThrow("has 7 bytes, the most is 6");
});
