import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { told } from "../../../src/cli/command.js";
import * as cli from "../../../src/cli/loadtest.js";
import { loadtestCommand } from "../../../src/proof/loadtest/command.js";
import type { Options } from "../../../src/proof/loadtest/options.js";
import type { Report } from "../../../src/proof/loadtest/report.js";
import { fakeIo } from "../../cli/io.js";
import { FakeServer, type FakeEngine } from "./fake-server.js";

const DECODER = "onepass-en";
const FAST: FakeEngine = { engine: "single-pass", name: DECODER, delayMs: 6 };
const SLOW: FakeEngine = { engine: "generate", name: DECODER, delayMs: 60, generatedTokens: 20 };
const SHORT = "--rounds 2 --block-seconds 0.05 --load-seconds 0.3 --clients 1,2 --loads 50 --set eleven";

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-loadtest-"))));
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command; `report`, `html` and `markdown` are what it wrote, if anything. */
async function loadtest(args: string, { stop = new AbortController().signal, env = {} } = {}) {
  const io = fakeIo({ env, stop });
  const file = (ending: string) => join(folder, "made", `${name}.${ending}`);
  const name = String(Math.random());
  const files = ["json", "html", "markdown"].flatMap((kind) => [`--${kind}`, file(kind)]);
  const given = [...files, ...args.split(" ").filter(Boolean)];
  const run = () => loadtestCommand(cli.loadtest.parse(given) as Options, { ...io, startedMs: performance.now() });
  const code = await told(run, io);
  const read = async (kind: string) => (existsSync(file(kind)) ? readFile(file(kind), "utf8") : undefined);
  const json = await read("json");
  const report = json === undefined ? undefined : (JSON.parse(json) as Report);
  return { code, report, html: await read("html"), markdown: await read("markdown"), ...io.told };
}

test("a run measures every target in every round and writes its report in three forms", async () => {
  await using fake = await FakeServer.start(FAST, SLOW);
  const { code, report, html, markdown, stdout } = await loadtest(`--url ${fake.url} ${SHORT}`);
  expect(code).toBe(0);
  expect(report).not.toHaveProperty("partial");
  expect(report?.environment).toMatchObject({ node: process.version, server: "fake 1.2.3, Node v0" });
  expect(report?.commit?.sha ?? "0".repeat(40)).toMatch(/^[0-9a-f]{40}$/);

  const kinds = report?.blocks.map(
    ({ target, set, round, load }) => `${target} ${set} ${round} ${JSON.stringify(load)}`,
  );
  expect(new Set(kinds).size).toBe(kinds?.length);
  for (const label of ["single-pass", "generate"]) {
    for (const round of [0, 1]) {
      expect(kinds).toContain(`${label} eleven ${round} {"clients":1}`);
      expect(kinds).toContain(`${label} eleven ${round} {"clients":2}`);
      expect(kinds).toContain(`${label} long ${round} {"clients":1}`);
    }
  }
  expect(kinds).toHaveLength(2 * 2 * (2 + 3) + 2);

  // The fake server's inference is exactly as long as it says, which the scatter of this machine can't touch.
  expect(report?.ratios["single-pass/generate"]).toMatchObject({ p50: 0.1, p95: 0.1, ci95: [0.1, 0.1], rounds: 2 });
  const http = report?.ratios["single-pass/generate"]?.http.p50;
  expect(http).toBeGreaterThan(0.05);
  expect(http).toBeLessThan(0.9);

  const [fast] = report!.targets;
  expect(fast?.server_share).toMatchObject({ at: "50 % load", p50: 1 });
  expect(fast?.loads[0]?.offered_per_second).toBeCloseTo(fast!.capacity!.per_second / 2);
  expect(fast?.two_over_one).toBeGreaterThan(0);
  expect(report?.left_out.map(({ label }) => label)).toContain("dual-encoder:roberta-base-int8");

  expect(stdout).toBe(markdown);
  expect(markdown).toContain("| single-pass/generate | 0.100 |");
  expect(markdown).toContain("`npm run shapes` makes it");
  expect(html).toContain("Latency against load, p99");
});

test("texts, tasks, engine and model are asked for as they were given, without a fallback", async () => {
  await using fake = await FakeServer.start(FAST, SLOW);
  const texts = join(folder, "texts.txt");
  await writeFile(texts, 'one thing\n{"text": "another thing"}\n');
  const { code, report } = await loadtest(
    `--url ${fake.url} --quick --rounds 1 --targets generate --tasks topic --texts ${texts}`,
  );
  expect(code).toBe(0);
  const asked = { tasks: ["topic"], engine: "generate", model: `${DECODER}@1.0.0`, fallback: false };
  for (const request of fake.asked) expect(request).toMatchObject(asked);
  expect(new Set(fake.asked.map(({ text }) => text))).toEqual(new Set(["one thing", "another thing"]));
  expect(report?.options).toMatchObject({ tasks: ["topic"], texts: "own file" });
});

test("a quick run has one client and ends in time", async () => {
  await using fake = await FakeServer.start(FAST, SLOW);
  const { code, report } = await loadtest(`--url ${fake.url} --quick --block-seconds 0.05 --rounds 3`);
  expect(code).toBe(0);
  expect(report).toMatchObject({ mode: "quick", sets: ["eleven"] });
  expect(report?.blocks).toHaveLength(2 * 3);
  expect(fake.mostInFlight).toBe(1);
  expect(report?.targets[0]?.server_share?.at).toBe("1 client");
});

test("a server that dies leaves what was measured, marked as partial, and exit code 1", async () => {
  await using fake = await FakeServer.start(FAST, SLOW);
  let slow = 0;
  fake.onRequest = ({ engine }) => {
    slow += Number(engine === "generate");
    if (slow === 25) fake.die();
  };
  const { code, report, html, markdown, stderr } = await loadtest(`--url ${fake.url} --quick --block-seconds 0.05`);
  expect(code).toBe(1);
  expect(stderr).toContain(`the server at ${fake.url} does not answer any more`);
  expect(report).toMatchObject({ partial: true, failure: expect.stringContaining("does not answer any more") });
  expect(report?.blocks.length).toBeGreaterThan(2);
  for (const { errors } of report!.blocks) expect(errors).toEqual({}); // the block that it died in is not kept
  expect(report?.ratios["single-pass/generate"]?.p50).toBe(0.1);
  for (const text of [html, markdown]) expect(text).toContain("Partial: the run ended early");
});

test("an interrupted run leaves what was measured, marked as partial, and exit code 130", async () => {
  await using fake = await FakeServer.start(FAST, SLOW);
  const stop = new AbortController();
  let slow = 0;
  fake.onRequest = ({ engine }) => {
    slow += Number(engine === "generate");
    if (slow === 25) stop.abort();
  };
  const { code, report, stdout } = await loadtest(`--url ${fake.url} --quick --block-seconds 0.05`, {
    stop: stop.signal,
  });
  expect(code).toBe(130);
  expect(report).toMatchObject({ partial: true, failure: "interrupted" });
  expect(report?.blocks.length).toBeGreaterThan(1);
  expect(stdout).toContain("Partial: the run ended early (interrupted)");
});

test("a target that refuses is left out and the others are measured", async () => {
  await using fake = await FakeServer.start(FAST, { ...SLOW, refuses: 503 });
  const { code, report } = await loadtest(`--url ${fake.url} --quick --rounds 1`);
  expect(code).toBe(0);
  expect(report?.targets.map(({ label }) => label)).toEqual(["single-pass"]);
  expect(report?.left_out).toContainEqual({ label: "generate", reason: "busy: Come back later." });
});

test("a run in which no target answers fails", async () => {
  await using fake = await FakeServer.start({ ...FAST, impostor: "dual-encoder" });
  const { code, report } = await loadtest(`--url ${fake.url} --quick`);
  expect([code, report?.failure]).toEqual([1, "no target answered"]);
  expect(report?.left_out.at(-1)?.reason).toContain("wrong_answer: dual-encoder on");
});

test("a dry run prints the plan and asks nothing, and makes no file", async () => {
  await using fake = await FakeServer.start(FAST);
  const { code, stdout, report } = await loadtest(`--url ${fake.url} --dry-run`);
  expect(code).toBe(0);
  expect(report).toBeUndefined();
  expect(fake.asked).toEqual([]);
  expect(stdout).toContain("Nothing is started.");
  expect(stdout).toContain("in requests a second unknown until that is measured");
});

test("a dry run with a GPU needs none", async () => {
  const { code, stdout } = await loadtest("--gpu --dry-run --targets single-pass");
  expect(code).toBe(0);
  expect(stdout).toContain("GPU: ONEPASS_GPU=cuda");
  expect(stdout).toContain("closed loop: 1, 2, 4, 8, 16, 32, 64 clients");
});

test("a dry run says which of the usual models are not here", async () => {
  const { stdout } = await loadtest("--dry-run", { env: { ONEPASS_MODELS_DIR: folder } });
  expect(stdout).toContain(`single-pass (${DECODER}, not here: left out)`);
});

test.each([
  ["an engine that there is not", "--targets two-pass", '--targets: "two-pass" is no engine'],
  ["texts that are not there", "--texts missing.txt", "missing.txt can't be read"],
  ["a report below a file", "--json /dev/null/out.json", "/dev/null/out.json can't be written"],
  ["accuracies that are not there", "--accuracy missing.json", "--accuracy: missing.json"],
  ["a server that is not there", "--url http://127.0.0.1:9", "no server answers at http://127.0.0.1:9"],
])("%s exits with 2 and says so", async (_name, args, message) => {
  const { code, stderr, report } = await loadtest(args);
  expect(stderr).toContain(message);
  expect([code, report]).toEqual([2, undefined]);
});

test("a bad row of texts is named by its line, before anything is asked", async () => {
  await using fake = await FakeServer.start(FAST);
  const texts = join(folder, "bad.jsonl");
  await writeFile(texts, '{"text":"fine"}\n{"txt":"no"}\n');
  const { code, stderr } = await loadtest(`--url ${fake.url} --texts ${texts}`);
  expect([code, fake.asked]).toEqual([2, []]);
  expect(stderr).toContain(`${texts}:2: has no "text"`);
});

test("a server without any of the targets exits with 2 and says what it lacks", async () => {
  await using fake = await FakeServer.start(FAST);
  const { code, stderr } = await loadtest(`--url ${fake.url} --targets joint-encoder`);
  expect(code).toBe(2);
  expect(stderr).toContain("there is nothing to measure: joint-encoder (the server has no model joint-en)");
});

test("a port that is taken is told before a server is started", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const { code, stderr } = await loadtest(`--port ${port}`);
  other.close();
  expect(code).toBe(2);
  expect(stderr).toContain(`127.0.0.1:${port} is taken by another process`);
});

test("what answers and is no onepass server is told", async () => {
  await using fake = await FakeServer.start();
  const { code, stderr } = await loadtest(`--url ${fake.url}/elsewhere --targets single-pass`);
  expect(code).toBe(2);
  expect(stderr).toContain("is no onepass server");
});

test("JSON can be printed in place of the tables", async () => {
  await using fake = await FakeServer.start(FAST);
  const io = fakeIo();
  const given = ["--url", fake.url, ..."--quick --rounds 1 --block-seconds 0.05 --json -".split(" ")];
  const code = await loadtestCommand(cli.loadtest.parse(given) as Options, { ...io, startedMs: performance.now() });
  expect(code).toBe(0);
  expect(JSON.parse(io.told.stdout)).toMatchObject({ mode: "quick" });
});
