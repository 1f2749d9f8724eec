import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Manifest } from "../../src/bundle/manifest.js";
import { verify } from "../../src/cli/verify.js";
import { onepass } from "./binary.js";
import { fakeIo } from "./io.js";

const FIXTURE = join(import.meta.dirname, "../fixtures/roberta-small");

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "onepass-verify-"));
  folder = join(root, "roberta-small");
  await cp(FIXTURE, folder, { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

async function run(args: string[], env = {}) {
  const io = fakeIo({ env });
  return { code: await verify.run(args, io), ...io.told };
}

async function change(edit: (manifest: Manifest) => void) {
  const file = join(folder, "bundle.json");
  const manifest = JSON.parse(await readFile(file, "utf8")) as Manifest;
  edit(manifest);
  await writeFile(file, JSON.stringify(manifest));
}

test("a sound bundle has its hashes and its answers", async () => {
  const { code, stdout } = await run([folder]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^roberta-small@\S+\n {2}ok {3}hashes and headers: 3 files, 3\.1 MiB\n {2}ok {3}golden texts: (\d+) of \1 within/,
  );
});

test("a file that was changed is told, and no model is opened", async () => {
  await appendFile(join(folder, "intent.onnx"), "x");
  const { code, stdout } = await run([folder, "--json"]);
  expect(code).toBe(1);
  const { bundles } = JSON.parse(stdout) as { bundles: { sound: boolean; checks: object[] }[] };
  expect(bundles).toMatchObject([
    {
      sound: false,
      checks: [{ check: "hashes and headers", sound: false, found: expect.stringContaining("intent.onnx") }],
    },
  ]);
});

test("a bundle that answers otherwise than it was published is told, with the text", async () => {
  await change(({ golden }) => (golden.cases[1]!.logits.intent![0]! += 3));
  const { code, stdout } = await run([folder]);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /BAD {2}golden texts: 1 of 2 within 0\.25, the worst logit differs by [23]\.\d+; the first that is not: "Play/,
  );
  expect((await run([folder, "--hashes-only"])).code).toBe(0);
});

test("without folders every bundle of the settings is proved, and one that is bad does not hide another", async () => {
  await cp(FIXTURE, join(root, "another"), { recursive: true });
  await writeFile(join(root, "another/bundle.json"), "{}");
  const { code, stdout } = await run(["--hashes-only"], { ONEPASS_MODELS_DIR: root });
  expect(code).toBe(1);
  expect(stdout).toMatch(/BAD {2}hashes and headers: Bundle another/);
  expect(stdout).toContain("ok   hashes and headers: 3 files");
});

test("the binary proves a bundle", async () => {
  expect(await onepass(["verify", folder, "--hashes-only"])).toMatchObject({ code: 0 });
  expect(await onepass(["verify", join(root, "nowhere")])).toMatchObject({ code: 1 });
});
