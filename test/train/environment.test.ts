import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureEnvironment, type Setting } from "../../src/train/environment.js";
import { fakeEnvironment } from "./fake-python.js";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-env-"))));
afterEach(() => rm(folder, { recursive: true }));

function setting(agreed = true): Setting & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    env: { XDG_CACHE_HOME: join(folder, "cache") },
    stop: new AbortController().signal,
    tell: (line) => lines.push(line),
    agree: (line) => {
      lines.push(line);
      return Promise.resolve(agreed);
    },
  };
}
const callsOf = async (environment: string) =>
  (await readFile(join(environment, "calls.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as string[]);

const OPTIONS = { python: "python3", yes: false };

test("an environment that has the packages is used as it is, and other versions are told", async () => {
  const python = await fakeEnvironment(join(folder, "mine"));
  const told = setting();
  expect(await ensureEnvironment({ ...OPTIONS, environment: join(folder, "mine") }, told)).toBe(python);
  expect(told.lines.join()).toMatch(/other versions than training was tried with: torch 0\.0\.1 \(not \d/);
  expect(await callsOf(join(folder, "mine"))).toHaveLength(1);
});

test("nothing is installed into an environment that somebody else made", async () => {
  await fakeEnvironment(join(folder, "mine"), { missing: ["torch", "gguf"] });
  const asked = ensureEnvironment({ ...OPTIONS, environment: join(folder, "mine") }, setting());
  await expect(asked).rejects.toThrow(/lacks torch, gguf\. Install them: .*pip install -r/);
});

test("the first call says how large the packages are, makes an environment and installs them", async () => {
  const maker = await fakeEnvironment(join(folder, "system"), { missing: ["torch"] });
  const told = setting();
  const python = await ensureEnvironment({ ...OPTIONS, python: maker }, told);
  expect(python).toBe(join(folder, "cache", "onepass", "python", "bin", "python"));
  expect(told.lines[0]).toContain("some 6 GB");
  const pip = (await callsOf(join(folder, "system"))).filter((call) => call[1] === "pip");
  expect(pip).toHaveLength(1);
  expect(pip[0]!.some((part) => part.startsWith("torch=="))).toBe(true);
  expect(await ensureEnvironment({ ...OPTIONS, python: "no-such-python" }, setting())).toBe(python);
});

test("torch comes from the index that is named, the others from where pip takes them", async () => {
  const maker = await fakeEnvironment(join(folder, "system"), { missing: ["torch"] });
  await ensureEnvironment({ ...OPTIONS, python: maker, torchIndex: "https://wheels.test/cpu" }, setting());
  const [torch, all] = (await callsOf(join(folder, "system"))).filter((call) => call[1] === "pip");
  expect(torch).toEqual(expect.arrayContaining(["--index-url", "https://wheels.test/cpu"]));
  expect(torch!.filter((part) => part.includes("=="))).toHaveLength(1);
  expect(all).not.toContain("--index-url");
  expect(all!.some((part) => part.startsWith("transformers=="))).toBe(true);
});

test("whoever does not agree gets nothing", async () => {
  const maker = await fakeEnvironment(join(folder, "system"));
  await expect(ensureEnvironment({ ...OPTIONS, python: maker }, setting(false))).rejects.toThrow(
    "nothing was installed",
  );
  expect(existsSync(join(folder, "cache", "onepass", "python"))).toBe(false);
});

test("an installation that was cut off goes on, since the environment is ours", async () => {
  const own = join(folder, "cache", "onepass", "python");
  await fakeEnvironment(own, { missing: ["torch"] });
  await writeFile(join(own, "made-by-onepass"), "");
  await ensureEnvironment({ ...OPTIONS, yes: true }, setting());
  expect((await callsOf(own)).map((call) => call[1])).toEqual([expect.stringContaining("import"), "pip"]);
});

test("a Python that is too old or does not run is named", async () => {
  const old = await fakeEnvironment(join(folder, "system"), { version: [3, 9] });
  await expect(ensureEnvironment({ ...OPTIONS, python: old }, setting())).rejects.toThrow("is Python 3.9");
  await expect(ensureEnvironment({ ...OPTIONS, python: "no-such-python" }, setting())).rejects.toThrow(
    "no-such-python can't be started",
  );
});
