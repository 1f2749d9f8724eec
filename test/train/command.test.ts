import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { train } from "../../src/cli/train.js";
import { fakeIo } from "../cli/io.js";
import { fakeEnvironment } from "./fake-python.js";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-train-"))));
afterEach(() => rm(folder, { recursive: true }));

/** Plays a training whose result is a bundle that ships, under its new name. */
const TRAINING = `
  const [work, name] = [option("--work"), option("--name")];
  tell({ event: "start", model: option("--model") });
  process.stdout.write("a library says hello\\n");
  tell({ event: "train", step: 0, steps: 2 });
  tell({ event: "step", step: 1, steps: 2, loss: 2 });
  tell({ event: "scores", step: 2, scores: { intent: 0.9 }, best: true });
  tell({ event: "export" });
  const out = path.join(work, "bundles", name);
  fs.cpSync(path.join(root, "models", "onepass-clinc-en"), out, { recursive: true });
  const manifest = JSON.parse(fs.readFileSync(path.join(out, "bundle.json"), "utf8"));
  fs.writeFileSync(path.join(out, "bundle.json"), JSON.stringify({ ...manifest, name }));
  tell({ event: "done", folder: out, steps: 2, curve: [{ step: 0, loss: 2 }, { step: 1, "dev intent": 0.9 }] });
`;
const STOPPED = `
  fs.writeFileSync(path.join(option("--work"), "checkpoint"), "1");
  tell({ event: "stopped" });
  process.exit(130);
`;

const LABELS = { flip_coin: "flip a coin for me", roll_dice: "roll a die number", oos: "what do whales dream of" };

async function data(): Promise<string> {
  const file = join(folder, "mine.csv");
  const rows = Object.entries(LABELS).flatMap(([intent, text]) =>
    Array.from({ length: 10 }, (_, i) => `${text} ${i},${intent}`),
  );
  await writeFile(file, ["text,intent", ...rows, ""].join("\n"));
  return file;
}

async function run(behaviour: Parameters<typeof fakeEnvironment>[1], ...more: string[]) {
  const environment = join(folder, "env");
  await fakeEnvironment(environment, behaviour);
  const io = fakeIo({ env: { XDG_CACHE_HOME: join(folder, "cache") } });
  const out = join(folder, "models", "mine");
  const code = await train.run([await data(), "--out", out, "--environment", environment, ...more], io);
  const calls = (await readFile(join(environment, "calls.jsonl"), "utf8")).trim().split("\n");
  return { code, out, ...io.told, calls: calls.map((line) => JSON.parse(line) as string[]) };
}

test("rows become a bundle that is judged through the server's code, with a report", async () => {
  const { code, out, stdout, stderr, calls } = await run({ training: TRAINING });
  expect([code, stderr]).toEqual([0, expect.stringContaining("27 rows to learn intent from, 3 of dev, 0 of test")]);
  expect(stderr).toContain("oos stands for what is out of scope");
  expect(stdout).toContain("mine@");
  expect(stdout).toContain("intent accuracy");
  const report = JSON.parse(await readFile(join(out, "report.json"), "utf8"));
  expect(report).toMatchObject({ rows: { train: 27, dev: 3 }, reject: "oos", steps: 2 });
  expect(report.judged[0].scores.intent.accuracy).toBeGreaterThan(0);
  expect(report.judged[0].confusion.intent.labels).toEqual(expect.arrayContaining(["flip_coin", "roll_dice"]));
  expect(await readFile(join(out, "report.html"), "utf8")).toContain("<svg");
  expect(JSON.parse(await readFile(join(out, "evaluation", "dev.json"), "utf8")).data[0].rows).toBe(3);
  const own = calls.find((call) => call[1] === "training.own")!;
  expect(own.slice(own.indexOf("--reject"))).toEqual(["--reject", "oos"]);
  expect(own[own.indexOf("--bases") + 1]).toBe(join(folder, "cache", "onepass", "bases"));
  expect(calls.at(-1)?.slice(0, 2)).toEqual(["-m", "training.card"]);
  expect(await readdir(join(folder, "cache", "onepass", "training"))).toEqual([]);
});

test("a training that was stopped leaves its checkpoint to the same command, and none to another", async () => {
  const first = await run({ training: STOPPED });
  expect([first.code, first.stderr]).toEqual([130, expect.stringContaining("The same command goes on from here")]);
  expect(existsSync(first.out)).toBe(false);
  const work = join(folder, "cache", "onepass", "training");
  const [name] = await readdir(work);
  await run({ training: `tell({ event: "stopped" }); process.exit(130);` });
  expect(existsSync(join(work, name!, "checkpoint"))).toBe(true);
  await run({ training: `tell({ event: "stopped" }); process.exit(130);` }, "--quick");
  expect(existsSync(join(work, name!, "checkpoint"))).toBe(false);
});

test("what Python complained of is told when a training fails", async () => {
  const { code, stderr, out } = await run({ training: `console.error("CUDA is on fire"); process.exit(1);` });
  expect([code, stderr]).toEqual([1, expect.stringContaining("CUDA is on fire")]);
  expect(existsSync(out)).toBe(false);
});

test("with --json every line of stdout is JSON", async () => {
  const { stdout } = await run({ training: TRAINING }, "--json");
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { event: string });
  expect(events.map(({ event }) => event)).toEqual(["start", "train", "step", "scores", "export", "served"]);
});

test("a folder of work that holds other things is left alone", async () => {
  const work = join(folder, "documents");
  await mkdir(work);
  await writeFile(join(work, "thesis"), "");
  const { code, stderr } = await run({ training: TRAINING }, "--work", work);
  expect([code, stderr]).toEqual([2, expect.stringContaining("holds other things")]);
  expect(await readdir(work)).toEqual(["thesis"]);
});

test("two models get names of their own", async () => {
  const { code, out } = await run({ training: TRAINING }, "--model", "both");
  expect(code).toBe(0);
  expect([`${out}-encoder`, `${out}-decoder`].map((one) => existsSync(join(one, "bundle.json")))).toEqual([true, true]);
});

test.each([
  [["--out", "models/Mine"], 'not "Mine"'],
  [["--model", "both", "--base", "x"], "--base: goes with one model"],
  [["--version", "1"], '--version: "1" is not like 0.1.0'],
])("%j is refused before anything is read", async (args, message) => {
  const io = fakeIo();
  expect(await train.run(["no-such-file", "--out", join(folder, "mine"), ...args], io)).toBe(2);
  expect(io.told.stderr).toContain(message);
});

test("a bundle that is there is not written over", async () => {
  await writeFile(join(folder, "x"), "");
  const io = fakeIo();
  await rm(join(folder, "x"));
  const out = join(folder, "mine");
  await fakeEnvironment(out); // anything that is there
  expect(await train.run([await data(), "--out", out], io)).toBe(2);
  expect(io.told.stderr).toContain("is there already");
});
