import { spawn, spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listen, urlOf } from "../../../src/http/server.js";
import { PACKAGE_ROOT } from "../../../src/package.js";
import { LANGUAGES, snippet, type Language } from "../../../web/src/pure/snippets.js";
import { harness } from "../../http/harness.js";

const CLIENT = join(PACKAGE_ROOT, "clients/typescript/src/index.ts");
/** `PYTHON` names one that has httpx, where the system's has not. */
const PYTHON = process.env.PYTHON ?? "python3";
const RUNNERS: Record<Language, (code: string) => [command: string, args: string[]]> = {
  curl: (code) => ["sh", ["-c", code]],
  Python: (code) => [PYTHON, ["-c", code]],
  TypeScript: (code) => {
    const file = join(mkdtempSync(join(tmpdir(), "snippet-")), "call.mts");
    writeFileSync(file, code.replace(`"onepass-client"`, JSON.stringify(CLIENT))); // as if it were installed
    return [process.execPath, ["--import", "tsx", file]];
  },
};
const PROBES: Record<Language, [command: string, args: string[]]> = {
  curl: ["curl", ["--version"]],
  Python: [PYTHON, ["-c", "import httpx"]],
  TypeScript: [process.execPath, ["--version"]],
};
const present = (language: Language) => spawnSync(...PROBES[language]).status === 0;

let server: Server;
let asked: { authorization: string | undefined }[];
beforeAll(async () => {
  const { app } = await harness();
  asked = [];
  server = await listen(
    createServer((req, res) => {
      asked.push({ authorization: req.headers.authorization });
      app(req, res);
    }),
    "127.0.0.1",
    0,
  );
});
afterAll(() => server.close());

for (const language of LANGUAGES) {
  if (!present(language))
    console.warn(`SKIPPED: snippets in ${language}, since ${PROBES[language].flat().join(" ")} fails`);
  test.skipIf(!present(language))(`the ${language} call asks for exactly this, quotes and all`, async () => {
    const text = `it's "nine am" \\ $HOME \`x\` 🎺\nüber`;
    const body = { text, truncate: true, oos_threshold: 0, top_k: 3, tasks: ["intent", "slots"] };
    const code = snippet(language, { url: `${urlOf(server)}/classify`, body, keyed: true });
    const [command, args] = RUNNERS[language](code);
    const { output, status } = await run(command, args);
    expect(status, output).toBe(0);
    // However a language prints a string, the answer's text came back as it was sent.
    expect(output.replaceAll("\\", "")).toContain("HOME `x` 🎺");
    expect(output).toMatch(/single-pass/);
    expect(asked.at(-1)).toEqual({ authorization: "Bearer the-key" });
  });
}

test("a comparison is a call of the clients, too", () => {
  const body = { text: "x", engines: [{ engine: "single-pass" }] };
  const call = { url: "http://a/b/compare", body, keyed: false };
  expect(snippet("TypeScript", call)).toContain(`{ url: "http://a/b" });\nconst answer = await client.compare("x", {`);
  expect(snippet("Python", call)).toContain('onepass.compare("x", engines=[{"engine": "single-pass"}])');
});

test("without a key no snippet speaks of one", () => {
  const call = { url: "http://a/classify", body: { text: "a" }, keyed: false };
  for (const language of LANGUAGES) expect(snippet(language, call)).not.toMatch(/key|auth/i);
});

test("a Python snippet has Python's words", () => {
  const body = { text: "x", a: true, b: false, c: null, d: [1, { e: "true" }] };
  const code = snippet("Python", { url: "http://a/classify", body, keyed: false });
  expect(code).toContain('onepass.classify("x", a=True, b=False, c=None, d=[1, {"e": "true"}])');
});

/** Not in this thread: the server that it asks runs here. */
function run(command: string, args: string[]): Promise<{ output: string; status: number | null }> {
  const child = spawn(command, args, {
    env: { ...process.env, ONEPASS_KEY: "the-key", PYTHONPATH: join(PACKAGE_ROOT, "clients/python/src") },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) =>
    child.once("close", (status) => {
      resolve({ output, status });
    }),
  );
}
