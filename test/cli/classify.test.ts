import { existsSync } from "node:fs";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { classify } from "../../src/cli/classify.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { ApiServer, usual } from "./api-server.js";
import { onepass } from "./binary.js";
import { fakeIo } from "./io.js";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-classify-"))));
afterEach(() => rm(folder, { recursive: true }));

const file = async (name: string, content: string | Buffer) => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const linesOf = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function run(args: string[], io = fakeIo()) {
  return { code: await classify.run(args, io), ...io.told };
}

test("texts of the command line are answered for a person, in their order", async () => {
  await using server = await ApiServer.start();
  const { code, stdout, stderr } = await run(["--url", server.url, "nine", "ten"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(`nine
  intent  alarm_set 90.0 %
  slots   time "nine" 80.0 %
  (fake@1.0.0, single-pass, 3.2 ms of inference)
ten
  intent  alarm_set 90.0 %
  slots   time "nine" 80.0 %
  (fake@1.0.0, single-pass, 3.2 ms of inference)
`);
});

test("a request says what was asked for and nothing else, with the key", async () => {
  await using server = await ApiServer.start();
  const io = fakeIo({ env: { ONEPASS_URL: `${server.url}/`, ONEPASS_KEY: "secret" } });
  const asked = "--engine dual-encoder --model mine --tasks intent,slots --top-k 3 --offsets code_points --truncate";
  await run([...asked.split(" "), "--oos-threshold", "0.4", "nine"], io);
  await run(["nine"], io);
  expect(server.calls).toEqual([
    {
      path: "/classify",
      key: "Bearer secret",
      body: {
        ...{ text: "nine", engine: "dual-encoder", model: "mine", tasks: ["intent", "slots"] },
        ...{ top_k: 3, offsets: "code_points", truncate: true, oos_threshold: 0.4 },
      },
    },
    { path: "/classify", key: "Bearer secret", body: { text: "nine" } },
  ]);
});

test("what is piped in is answered as JSON Lines, with lines and ids, whoever is done first", async () => {
  await using server = await ApiServer.start(async (call) => {
    await new Promise((resolve) => setTimeout(resolve, call.body.text === "one" ? 50 : 0));
    return usual(call);
  });
  const stdin = 'one\r\n\n{"text": "two", "id": "b", "intent": "ignored"}\nthree';
  const { code, stdout } = await run(["--url", server.url, "--json"], fakeIo({ stdin }));
  expect(code).toBe(0);
  expect(linesOf(stdout).map(({ line, id, text }) => [line, id, text])).toEqual([
    [1, "request", "one"],
    [3, "b", "two"],
    [4, "request", "three"],
  ]);
});

test("a text that can't be read has an error, the others an answer, and the exit code tells", async () => {
  await using server = await ApiServer.start();
  const texts = await file("texts.txt.gz", gzipSync("one\ntoo long\nthree\n"));
  const { code, stdout, stderr } = await run(["--url", server.url, "--json", "--in", texts]);
  expect(code).toBe(1);
  expect(linesOf(stdout)).toMatchObject([
    { line: 1, intent: { name: "alarm_set" } },
    { line: 2, text: "too long", error: { code: "text_too_long", message: "The text is too long." } },
    { line: 3, intent: { name: "alarm_set" } },
  ]);
  expect(stderr).toBe(`${texts}:2: text_too_long: The text is too long.\n`);
});

test("an interrupted file is gone on with: no text is asked twice, a torn line is made again", async () => {
  await using server = await ApiServer.start();
  const texts = await file("texts.txt", Array.from({ length: 40 }, (_, i) => `text ${i + 1}\n`).join(""));
  const out = join(folder, "out.jsonl");
  const stop = new AbortController();
  const io = fakeIo({ stop: stop.signal });
  const asked = ["--url", server.url, "--in", texts, "--out", out, "--concurrency", "2"];
  const first = run(asked, io);
  while (server.calls.length < 10) await new Promise((resolve) => setTimeout(resolve, 1));
  stop.abort();
  expect((await first).code).toBe(130);
  const done = linesOf(await readFile(out, "utf8")).length;
  expect(done).toBeGreaterThan(5);
  expect(done).toBeLessThan(40);

  await appendFile(out, '{"line": 11, "tex');
  const before = server.calls.length;
  expect(await run([...asked, "--resume"])).toMatchObject({ code: 0 });
  expect(server.calls.length - before).toBe(40 - done);
  const answers = linesOf(await readFile(out, "utf8"));
  expect(answers.map(({ line, text }) => [line, text])).toEqual(
    Array.from({ length: 40 }, (_, i) => [i + 1, `text ${i + 1}`]),
  );
  expect(await run([...asked, "--resume"])).toMatchObject({ code: 0 }); // nothing is left to do
  expect(linesOf(await readFile(out, "utf8"))).toHaveLength(40);
});

test("answers are neither overwritten nor gone on with by others", async () => {
  await using server = await ApiServer.start();
  const [one, other] = [await file("one.txt", "a\nb\n"), await file("other.txt", "a\nc\nd\n")];
  const out = join(folder, "out.jsonl");
  await run(["--url", server.url, "--in", one, "--out", out]);
  const again = await run(["--url", server.url, "--in", one, "--out", out]);
  expect(again).toMatchObject({ code: 2, stderr: `--out: ${out} is there already; --resume goes on with it\n` });
  const wrong = await run(["--url", server.url, "--in", other, "--out", out, "--resume"]);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("line 2 of the input is not the text") });
  const notes = await file("notes", "something else\n");
  expect(await run(["--url", server.url, "--in", one, "--out", notes, "--resume"])).toMatchObject({ code: 2 });
  expect(await readFile(notes, "utf8")).toBe("something else\n");
});

test("a full server is asked again when it says, and gives up at last", async () => {
  let refusals = 2;
  const full = { error: { code: "overloaded", message: "The queue is full." } };
  await using server = await ApiServer.start((call) =>
    refusals-- > 0 ? { status: 429, headers: { "retry-after": "0" }, body: full } : usual(call),
  );
  expect(await run(["--url", server.url, "nine"])).toMatchObject({ code: 0 });
  expect(server.calls).toHaveLength(3);
  refusals = 100;
  expect(await run(["--url", server.url, "nine"])).toMatchObject({ code: 1, stderr: "The queue is full.\n" });
});

test("a request that ran out of time is not sent again", async () => {
  const body = { error: { code: "deadline_exceeded", message: "Too late." } };
  await using server = await ApiServer.start(() => ({ status: 504, body }));
  expect(await run(["--url", server.url, "nine"])).toMatchObject({ code: 1, stderr: "Too late.\n" });
  expect(server.calls).toHaveLength(1);
});

test("a stranger, and nobody, are told", async () => {
  await using stranger = await ApiServer.start(() => ({ status: 404, body: { hello: 1 } }));
  const { code, stderr } = await run(["--url", stranger.url, "nine"]);
  expect([code, stderr]).toEqual([1, `what answers at ${stranger.url} is no onepass server (it answers 404)\n`]);
  const nobody = await run(["--url", "http://127.0.0.1:9", "nine"]);
  expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining("no server answers at http://127.0.0.1:9") });
});

test.each([
  [[], "there is no text"],
  [["a", "--in", "b"], "--in: not together with texts"],
  [["a", "--resume"], "--resume: needs --out"],
  [["--resume", "--out", "b"], "--resume: needs --in"],
  [["a", "--tasks", "mood"], '--tasks: "mood" is unknown'],
  [["--in", "/nowhere.txt"], "/nowhere.txt can't be read"],
  [["a", "--url", "nowhere"], '--url: "nowhere" is no address'],
])("%j is refused", async (args, message) => {
  await using server = await ApiServer.start();
  const { code, stderr } = await run(args, fakeIo({ env: { ONEPASS_URL: server.url } }));
  expect([code, server.calls]).toEqual([2, []]);
  expect(stderr).toContain(message);
});

test("a line that looks like JSON and is none ends the run with its place", async () => {
  await using server = await ApiServer.start();
  const { code, stderr } = await run([
    "--url",
    server.url,
    "--in",
    await file("a.jsonl", '{"text": "a"}\n{"txt": "b"}\n'),
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain('a.jsonl:2: has no "text"');
});

const BUNDLE = "joint-en";
test.skipIf(!existsSync(join(PACKAGE_ROOT, "models", BUNDLE)))(
  "the binary answers on a bundled model, in its own process",
  { timeout: 180_000 },
  async () => {
    const { code, stdout } = await onepass(["classify", "--model", BUNDLE, "--json"], {
      stdin: "wake me up at nine on friday\n",
    });
    expect(code).toBe(0);
    expect(linesOf(stdout)).toMatchObject([
      {
        line: 1,
        engine: "joint-encoder",
        fallback: null,
        intent: { name: "alarm_set" },
        slots: [{ name: "time" }, { name: "date" }],
      },
    ]);
    const unknown = await onepass(["classify", "--model", "nobody", "a"]);
    expect(unknown).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("There is no such model") });
  },
);
