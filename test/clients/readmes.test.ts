import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { listen, urlOf } from "../../src/http/server.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { harness } from "../http/harness.js";

let server: Server;
let url: string;
beforeAll(async () => {
  server = await listen(createServer((await harness()).app), "127.0.0.1", 0);
  url = urlOf(server);
});
afterAll(() => server.close());

/** `PYTHON` names one that has httpx, where the system's has not. */
const PYTHON = process.env.PYTHON ?? "python3";
const hasHttpx = spawnSync(PYTHON, ["-c", "import httpx"]).status === 0;
if (!hasHttpx) console.warn(`SKIPPED: the README of clients/python, since ${PYTHON} has no httpx`);

test("the code in the README of the TypeScript client runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "onepass-readme-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const client = join(PACKAGE_ROOT, "clients/typescript/src/index.ts");
  const code = codeIn("clients/typescript/README.md", "ts").replace(`"onepass-client"`, JSON.stringify(client));
  writeFileSync(join(folder, "readme.mts"), `${code}console.log(intent?.name);\n`);
  expect(await run(process.execPath, ["--import", "tsx", join(folder, "readme.mts")])).toMatch(/alarm_set\n$/);
});

test.skipIf(!hasHttpx)("the code in the README of the Python client runs", async () => {
  const code = codeIn("clients/python/README.md", "python");
  expect(await run(PYTHON, ["-c", `${code}print(answer["intent"]["name"])\n`])).toBe("alarm_set\n");
});

function codeIn(path: string, language: string): string {
  const markdown = readFileSync(join(PACKAGE_ROOT, path), "utf8");
  const [, code] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(markdown)!;
  return code!.replace("http://127.0.0.1:8080", url);
}

async function run(command: string, args: string[]): Promise<string> {
  const env = { ...process.env, PYTHONPATH: join(PACKAGE_ROOT, "clients/python/src") };
  const child = spawn(command, args, { cwd: PACKAGE_ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  const [out, complaint, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  expect(status, complaint).toBe(0);
  return out;
}
