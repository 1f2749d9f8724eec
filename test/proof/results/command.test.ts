import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Bundle } from "../../../src/bundle/bundle.js";
import { EngineError } from "../../../src/errors.js";
import { ServerGoneError } from "../../../src/proof/loadtest/errors.js";
import { told } from "../../../src/cli/command.js";
import * as cli from "../../../src/cli/results.js";
import { resultsCommand } from "../../../src/proof/results/command.js";
import type { Options } from "../../../src/proof/results/options.js";
import { bundleSha256 } from "../../../src/proof/results/accuracy.js";
import { Store } from "../../../src/proof/results/store.js";
import type { System } from "../../../src/proof/results/systems.js";
import { fakeIo } from "../../cli/io.js";
import { checkNumbers } from "./check-page.js";
import { makeData, makeDecoder, Opener } from "./fake-project.js";
import { LOAD_TEST, memoryRecord } from "./fixtures.js";

let root: string;
let opener: Opener;
let servers: string[];
/** What a server that is started for its memory does before it answers. */
let beforeMemory: () => void;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "onepass-results-"));
  opener = new Opener();
  servers = [];
  beforeMemory = () => undefined;
  await makeDecoder(root);
  await makeData(join(root, "data"));
});
afterEach(() => rm(root, { recursive: true }));

async function memory({ label }: System, bundle: Bundle) {
  servers.push(label);
  beforeMemory();
  return { ...memoryRecord(label, 100), bundle_sha256: await bundleSha256(bundle.folder) };
}

/** Runs the command on the fake project. */
async function results(args = "", stop = new AbortController().signal) {
  const io = fakeIo({ stop });
  const given = ["--data", "data", ...args.split(" ").filter(Boolean)];
  const run = () => resultsCommand(cli.results.parse(given) as Options, { ...io, root, open: opener.open, memory });
  const code = await told(run, io);
  return { code, ...io.told };
}

const store = () => new Store(join(root, "docs/results"));
const page = () => readFile(join(root, "docs/results.md"), "utf8");
const engines = () => opener.opened.map(({ engine }) => engine);

test("every system that is here is measured on every set, and the page is made of it", async () => {
  const { code, stdout, stderr } = await results();
  expect([code, stdout.trim()]).toEqual([0, "docs/results.md"]);
  const all = await store().all();
  expect(all.accuracy.map(({ system, set }) => `${system} ${set}`)).toEqual([
    "single-pass massive",
    "single-pass newsgroups",
    "generate massive",
    "generate newsgroups",
    "dual-decoder massive",
    "dual-decoder newsgroups",
  ]);
  const [massive, newsgroups] = all.accuracy.map(({ report }) => report);
  expect(massive?.data[0]).toMatchObject({
    file: "massive/dev.jsonl.gz", // and not where it lies on this machine
    rows: 20,
    intent: { accuracy: 0.75 },
    slots: { f1: 1 },
    exact_match: 0.75,
  });
  expect(newsgroups?.data[0]).toMatchObject({ rows: 2, topic: { accuracy: 0.5, groups_accuracy: 0.5 } });
  expect(all.memory.map(({ system }) => system)).toEqual(["single-pass", "generate", "dual-decoder"]);
  expect(opener.opened.every(({ disposed }) => disposed)).toBe(true);
  expect(checkNumbers(await page(), all).faults).toEqual([]);
  expect(stderr).toContain("dual-encoder: left out, models/dual-en is not there\n");
  expect(stderr).toMatch(/dual-decoder-two: left out, models-built\S+ is not there; training\/README.md says how/);
});

test("what is up to date is not measured again", async () => {
  await results();
  const before = await page();
  opener.opened.length = servers.length = 0;
  const { code, stderr } = await results();
  expect([code, engines(), servers]).toEqual([0, [], []]);
  expect(stderr).toContain("single-pass, massive: up to date");
  expect(stderr).toContain("single-pass, memory: up to date");
  expect(await page()).toBe(before);
});

test("another bundle, other data or other rows are measured anew", async () => {
  await results();
  opener.opened.length = servers.length = 0;
  await results("--sample 1");
  expect(engines()).toEqual(["generate", "generate", "dual-decoder", "dual-decoder"]);
  opener.opened.length = 0;
  await makeDecoder(root, { version: "1.0.1" });
  await results("--sample 1");
  expect([engines().length, servers.length]).toEqual([6, 3]);
});

test("one system alone is measured again, whatever is there, and the others stay", async () => {
  await results();
  opener.opened.length = servers.length = 0;
  await results("--only generate");
  expect([engines(), servers]).toEqual([["generate", "generate"], ["generate"]]);
  expect((await store().all()).accuracy).toHaveLength(6);
  expect((await store().memory()).map(({ system }) => system).sort()).toEqual([
    "dual-decoder",
    "generate",
    "single-pass",
  ]);
});

test("a set that a bundle can't answer is passed over", async () => {
  const tasks = {
    intent: { labels: ["alarm", "joke"], temperature: 1 },
    slots: { tags: ["O", "B-time", "I-time"], temperature: 1 },
  };
  await makeDecoder(root, { tasks });
  expect((await results()).code).toBe(0);
  expect(new Set((await store().all()).accuracy.map(({ set }) => set))).toEqual(new Set(["massive"]));
});

test("an engine that a bundle does not have is left out and told", async () => {
  await makeDecoder(root, { writes: false });
  const { code, stderr } = await results();
  expect([code, new Set(engines())]).toEqual([0, new Set(["single-pass"])]);
  expect(stderr).toContain("generate: left out, models/onepass-en has no engine generate, only single-pass");
});

test("a system that fails is told, the others are measured, and the exit code is 1", async () => {
  opener.before = (engine) => {
    if (engine === "generate") throw new EngineError("generate", "out of memory");
  };
  const { code, stderr } = await results();
  expect(code).toBe(1);
  expect(stderr).toContain("generate: The engine generate failed");
  expect((await store().all()).accuracy.map(({ system }) => system)).not.toContain("generate");
  expect(await page()).toContain("| `dual-decoder` |");
});

test("when the only system fails, that is what the exit code says", async () => {
  opener.before = () => {
    throw new EngineError("single-pass", "out of memory");
  };
  const { code, stderr } = await results("--only single-pass");
  expect([code, existsSync(join(root, "docs"))]).toEqual([1, false]);
  expect(stderr).toContain("single-pass: The engine single-pass failed");
});

test("a server that dies while its memory is measured leaves the accuracy", async () => {
  beforeMemory = () => {
    throw new ServerGoneError("the server ended (exit code 1)");
  };
  const { code, stderr } = await results("--only single-pass");
  expect(code).toBe(1);
  expect(stderr).toContain("single-pass: the server ended (exit code 1)");
  const { accuracy, memory: measured } = await store().all();
  expect([accuracy.length, measured.length]).toEqual([2, 0]);
});

test("an interrupted run keeps what is done, marks what is partial, and goes on from there", async () => {
  const stop = new AbortController();
  opener.before = (engine, asked) => {
    if (engine === "generate" && asked === 5) stop.abort();
  };
  expect((await results("", stop.signal)).code).toBe(130);
  const { accuracy, memory: measured } = await store().all();
  expect(accuracy.map(({ system, set, report }) => [system, set, report.partial ?? false])).toEqual([
    ["single-pass", "massive", false],
    ["single-pass", "newsgroups", false],
    ["generate", "massive", true],
  ]);
  expect(measured.map(({ system }) => system)).toEqual(["single-pass"]);
  expect(await page()).toMatch(/`generate` \(interrupted after \d+ rows\)/);

  opener = new Opener();
  expect((await results()).code).toBe(0);
  expect(engines()).toEqual(["generate", "generate", "dual-decoder", "dual-decoder"]);
});

test("a part does not take the place of the whole", async () => {
  await results();
  const stop = new AbortController();
  opener.before = (_engine, asked) => {
    if (asked === 5) stop.abort();
  };
  const { code, stderr } = await results("--only single-pass", stop.signal);
  expect(code).toBe(130);
  expect(stderr).toContain("single-pass, massive: not kept");
  expect((await store().accuracy("single-pass", "massive"))?.report.partial).toBeUndefined();
});

test("a trial goes to a folder of its own, with its page beside it", async () => {
  expect((await results("--limit 3 --out tried/here --only single-pass")).code).toBe(0);
  expect((await new Store(join(root, "tried/here")).accuracy("single-pass", "massive"))?.report.data[0]?.rows).toBe(3);
  expect(await readFile(join(root, "tried/here.md"), "utf8")).toContain("`single-pass`: scored on the first 3 rows.");
  expect(existsSync(join(root, "docs"))).toBe(false);
});

test("the page alone is made without data or bundles", async () => {
  await results();
  await writeFile(join(root, "docs/results/loadtest.json"), JSON.stringify(LOAD_TEST));
  opener.opened.length = 0;
  expect((await results("--render --data nowhere")).code).toBe(0);
  expect(engines()).toEqual([]);
  expect(await page()).toContain("| `single-pass` / `generate` | 0.0812 (0.0781 to 0.0852)");
});

test.each([
  [
    "data that is not there",
    "--data nowhere",
    /^--data: there is no \S+massive\/dev\.jsonl\.gz and no \S+20newsgroups/,
  ],
  ["an unknown option", "--verbose", /--verbose/],
  ["an unknown system", "--only gpt", /--only: "gpt" is unknown/],
  ["nothing to make a page of", "--render", /docs\/results: holds no results; npm run results makes them/],
])("%s exits with 2, says so and measures nothing", async (_name, args, message) => {
  const { code, stderr } = await results(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect([engines(), existsSync(join(root, "docs/results.md"))]).toEqual([[], false]);
});

test("a file of results that is no JSON exits with 2 and is named", async () => {
  await results("--only single-pass");
  await writeFile(join(root, "docs/results/accuracy/single-pass.massive.json"), "{");
  const { code, stderr } = await results("--render");
  expect(code).toBe(2);
  expect(stderr).toContain("single-pass.massive.json: is no JSON");
});
