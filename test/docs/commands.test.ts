import { spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../src/package.js";
import { loaded, startProcess, urlOf } from "../e2e/process.js";
import { blocksIn } from "./blocks.js";
import { runPage, type Ran } from "./session.js";
import { differences } from "./shape.js";

const LOADING_MS = 300_000;
const PAGE_MS = 300_000;

const FOLDERS = ["docs", "examples", "deploy", "clients"];
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "training/README.md",
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(PACKAGE_ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
      .map((name) => `${folder}/${name}`),
  ),
].map((path) => ({ path, blocks: blocksIn(readFileSync(join(PACKAGE_ROOT, path), "utf8")) }));

test("every block that is not run says why", () => {
  const silent = PAGES.flatMap(({ path, blocks }) =>
    blocks.filter(({ noRun }) => noRun !== undefined && noRun.length < 5).map(({ line }) => `${path}:${line}`),
  );
  expect(silent).toEqual([]);
});

const bundled = existsSync(join(PACKAGE_ROOT, "models/onepass-en/bundle.json"));
const able = bundled && ["bash", "curl"].every((tool) => spawnSync(tool, ["--version"]).status === 0);
if (!able) console.warn("SKIPPED: the commands of the docs, since models/, bash or curl is missing");

describe.skipIf(!able)("as typed", () => {
  let server: ChildProcess;
  let port: number;

  beforeAll(async () => {
    // `npm run up`; threads that wait for each other would take the cores from all other tests
    server = startProcess({ ONEPASS_THREADS: "1", ONEPASS_TIMEOUT_MS: "120000" }, "scripts/up.js");
    const url = await urlOf(server);
    await loaded(url);
    port = Number(new URL(url).port);
  }, LOADING_MS);
  afterAll(() => server.kill());

  const run = PAGES.map(({ path, blocks }) => ({ path, blocks: blocks.filter(({ noRun }) => noRun === undefined) }));
  describe.each(run.filter(({ blocks }) => blocks.length > 0))("$path", ({ path, blocks }) => {
    let ran: Ran[];
    beforeAll(async () => {
      ran = await runPage(blocks, port);
    }, PAGE_MS);

    test.each(blocks.map((block, index) => ({ ...block, index })))("line $line", ({ line, code, shown, index }) => {
      const { status, stdout, stderr } = ran[index]!;
      expect(status, `${path}:${line}\n${code}\n${stdout}\n${stderr}`).toBe(0);
      if (shown) expect(differences(shown, stdout), `${path}:${line}`).toEqual([]);
    });
  });
});
