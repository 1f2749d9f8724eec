import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadBundle } from "../../../../src/bundle/bundle.js";
import { makeCase, readFixture, writeCase, type Fixture } from "../../../../src/proof/fuzz/models/cases.js";
import { PACKAGE_ROOT } from "../../../../src/package.js";
import { BundleError } from "../../../../src/errors.js";

const NAMES = ["tiny-causal", "tiny-prefix", "roberta-small-int8"];
let fixtures: Fixture[];
let place: string;

beforeAll(async () => {
  fixtures = await Promise.all(NAMES.map((name) => readFixture(join(PACKAGE_ROOT, "test/fixtures", name))));
  place = await mkdtemp(join(tmpdir(), "onepass-cases-"));
});
afterAll(() => rm(place, { recursive: true }));

test("each fixture is a bundle before it is spoilt", async () => {
  for (const fixture of fixtures) {
    const folder = join(place, fixture.name);
    await writeCase(fixture, folder);
    await expect(loadBundle(folder)).resolves.toBeDefined();
  }
});

test("a spoilt model file has its right hash again, and nothing else is changed", () => {
  for (let number = 0; number < 60; number++) {
    const { name, change, files } = makeCase(fixtures, 5, number);
    const sound = fixtures.find((fixture) => fixture.name === name)!.files;
    const changed = [...files].filter(([file, bytes]) => !sound.get(file)?.equals(bytes)).map(([file]) => file);
    if (change.startsWith("manifest")) {
      expect(changed.filter((file) => file !== "bundle.json")).toEqual([]);
      continue;
    }
    const [file] = change.split(":");
    expect(["bundle.json", file]).toEqual(expect.arrayContaining(changed));
    const manifest = JSON.parse(files.get("bundle.json")!.toString()) as { files: Record<string, string> };
    expect(manifest.files[file!]).toBe(createHash("sha256").update(files.get(file!)!).digest("hex"));
  }
});

test("a case is the same each time", () => {
  const [one, again] = [makeCase(fixtures, 5, 9), makeCase(fixtures, 5, 9)];
  expect(again.change).toBe(one.change);
  expect([...again.files.values()].every((bytes, i) => bytes.equals([...one.files.values()][i]!))).toBe(true);
});

test("of 150 spoilt bundles each is read, or refused with a code and no other error", async () => {
  const outcomes = { read: 0, refused: 0 };
  for (let number = 0; number < 150; number++) {
    const one = makeCase(fixtures, 11, number);
    const folder = join(place, `case-${number}`);
    await writeCase(one, folder);
    const error = await loadBundle(folder).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error !== undefined) expect(error, `case ${number}, ${one.change}`).toBeInstanceOf(BundleError);
    outcomes[error === undefined ? "read" : "refused"]++;
    await rm(folder, { recursive: true });
  }
  expect(outcomes.refused).toBeGreaterThan(30);
  expect(outcomes.read).toBeGreaterThan(30); // or native readers would never be put to the test
});
