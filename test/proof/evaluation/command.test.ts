import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BundleError, EngineError, OnepassError } from "../../../src/errors.js";
import { told } from "../../../src/cli/command.js";
import * as cli from "../../../src/cli/evaluate.js";
import { evaluateCommand } from "../../../src/proof/evaluation/command.js";
import type { Options } from "../../../src/proof/evaluation/options.js";
import type { Report } from "../../../src/proof/evaluation/report.js";
import { fakeIo } from "../../cli/io.js";
import { FakeClassifier, UTTERANCES } from "./fake-classifier.js";

const optionsOf = (args: string[]) => cli.evaluate.parse(args) as Options;

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-evaluate-"))));
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command on the fixture; `report` is what it wrote, if anything. */
async function evaluate(
  args: string,
  classifier = new FakeClassifier(),
  stop = new AbortController().signal,
  data = UTTERANCES,
) {
  const io = fakeIo({ stop });
  const file = join(folder, "made", `${Math.random()}.json`);
  const given = ["--bundle", "any", "--data", data, "--json", file, ...args.split(" ").filter(Boolean)];
  const code = await told(
    () => evaluateCommand(optionsOf(given), { ...io, open: () => Promise.resolve(classifier) }),
    io,
  );
  const json = existsSync(file) ? await readFile(file, "utf8") : undefined;
  return { code, json, report: json === undefined ? undefined : (JSON.parse(json) as Report), ...io.told };
}

test("a run writes the scores, prints the table, disposes of the bundle and exits with 0", async () => {
  const classifier = new FakeClassifier(({ intent, slots, ...rest }, row) => ({
    ...rest,
    intent: row.id === "8" ? { name: "alarm_set", confidence: 0.8 } : intent!, // one of 12 intents wrong
    slots: row.id === "1" ? slots!.slice(1) : slots!, // one of 17 slots missed
  }));
  const { code, report, stdout } = await evaluate("", classifier);
  expect(code).toBe(0);
  const [file] = report!.data;
  const slots = 17;
  expect(file).toMatchObject({ file: UTTERANCES, rows: 12, refused: 0, truncated: 0 });
  expect(file?.intent?.accuracy).toBeCloseTo(11 / 12);
  expect(file?.slots).toMatchObject({ precision: 1, recall: (slots - 1) / slots });
  expect(file?.slots?.f1).toBeCloseTo((2 * (slots - 1)) / (2 * slots - 1));
  expect(file?.slots?.ece).toBeCloseTo(0.1); // 0.9 sure, always right
  expect(file?.exact_match).toBeCloseTo(10 / 12);
  expect(file).not.toHaveProperty("topic");
  expect(report).toMatchObject({
    bundle: "fake@1.0.0",
    engine: "joint-encoder",
    environment: { node: process.version },
    options: {},
  });
  expect(report).not.toHaveProperty("partial");
  expect(stdout).toMatch(
    /^file +rows +score +% +95% interval +ECE, cross-fitted +ECE as served\n\S+utterances\.jsonl +12 +intent accuracy +91\.7 /,
  );
  expect(classifier.disposed).toBe(true);
});

test("outcomes say row by row what was right, and nothing of what a row says", async () => {
  const classifier = new FakeClassifier(({ intent, slots, ...rest }, row) => ({
    ...rest,
    intent: row.id === "8" ? { name: "alarm_set", confidence: 0.8 } : intent!,
    slots: row.id === "1" ? slots!.slice(1) : slots!,
  }));
  const { report, json } = await evaluate("--outcomes --limit 3", classifier);
  const [file] = report!.data;
  expect(file?.sha256).toBe(createHash("sha256").update(readFileSync(UTTERANCES)).digest("hex"));
  expect(file?.outcomes).toEqual({
    intent: [1, 1, 1],
    slots_matched: [1, 2, 1],
    slots_predicted: [1, 2, 1],
    slots_gold: [2, 2, 1],
    exact: [0, 1, 1],
  });
  expect(json).toContain('"slots_gold": [2,2,1]'); // a line each, however many rows
  for (const told of ["alarm", "tomorrow", "lisbon", "play_music"]) expect(json).not.toContain(told);
});

test("without being asked for, no row is told of", async () => {
  const { report } = await evaluate("");
  expect(report?.data[0]).not.toHaveProperty("outcomes");
});

test("a row that carries nothing to score keeps its place among the outcomes", async () => {
  const file = join(folder, "mixed.jsonl");
  const rows = [
    { id: "1", text: "hi", topic: "sport" },
    { id: "2", text: "ho", intent: "unknown" },
  ];
  await writeFile(file, rows.map((row) => JSON.stringify(row)).join("\n"));
  const { report } = await evaluate("--outcomes", new FakeClassifier(), undefined, file);
  expect(report?.data[0]).toMatchObject({ rows: 1, outcomes: { intent: [-1, 1] } });
});

test("the tokens of an answer are averaged over the texts", async () => {
  const usage = (tokens: number) => ({ prompt_tokens: tokens, cached_tokens: 4, generated_tokens: 2 * tokens });
  const counting = new FakeClassifier((truth, row) => ({ ...truth, usage: usage(row.id === "1" ? 10 : 20) }));
  const { report } = await evaluate("--limit 2", counting);
  expect(report?.data[0]?.usage).toEqual({ prompt_tokens: 15, cached_tokens: 4, generated_tokens: 30 });
  expect(report?.data[0]).not.toHaveProperty("dropped_slots");
});

test("slot values that were written and not found are counted", async () => {
  const usage = { prompt_tokens: 1, cached_tokens: 0, generated_tokens: 1 };
  const inventing = new FakeClassifier((truth, row) => ({
    ...truth,
    usage: { ...usage, ...(row.id !== "1" && { dropped_slots: 2 }) },
  }));
  const { report } = await evaluate("--limit 3", inventing);
  expect(report?.data[0]).toMatchObject({ dropped_slots: 4, usage });
});

test("each row is asked what it carries, and its text as it stands", async () => {
  const classifier = new FakeClassifier();
  await evaluate("--limit 1", classifier);
  expect(classifier.asked).toEqual([{ text: "set an alarm for six thirty tomorrow", tasks: ["intent", "slots"] }]);
});

test("tasks that are not wanted are not asked", async () => {
  const classifier = new FakeClassifier();
  const { report } = await evaluate("--tasks slots", classifier);
  expect(classifier.asked.map(({ tasks }) => tasks)).toEqual(Array(12).fill(["slots"]));
  expect(report?.data[0]).not.toHaveProperty("intent");
  expect(report?.data[0]).not.toHaveProperty("exact_match");
  expect(report?.options).toEqual({ tasks: ["slots"] });
});

test("what the bundle can't answer is not asked", async () => {
  const { report } = await evaluate("", new FakeClassifier(undefined, ["intent"]));
  expect(report?.data[0]).not.toHaveProperty("slots");
});

test("several files are scored one by one", async () => {
  const { report, stdout } = await evaluate(`--limit 2 --data ${UTTERANCES}`);
  expect(report?.data.map(({ rows }) => rows)).toEqual([2, 2]);
  expect(stdout.match(/utterances\.jsonl/g)).toHaveLength(2);
});

test("answers that come in another order are compared with their own rows", async () => {
  const { report } = await evaluate(
    "",
    new FakeClassifier(async (truth, row) => (await setTimeout(20 - Number(row.id)), truth)),
  );
  expect(report?.data[0]?.exact_match).toBe(1);
});

test("rows out of scope are right when rejected, and both kinds are told apart in report and table", async () => {
  const file = join(folder, "clinc.jsonl.gz");
  const intents = ["oos", "oos", "balance", "balance", "transfer", "transfer", "transfer"];
  const rows = intents.map((intent, i) => ({ id: `val-${i}`, split: "dev", text: `${i}`, intent, scenario: "bank" }));
  await writeFile(file, gzipSync(rows.map((row) => JSON.stringify(row)).join("\n")));
  // Rejects rows 0 and 2, and takes row 1 for a balance.
  const rejecting = new FakeClassifier((_truth, { text }) => {
    const isRejected = text === "0" || text === "2";
    const intent = isRejected ? null : { name: Number(text) < 4 ? "balance" : "transfer", confidence: 0.8 };
    return { truncated: false, intent, outOfScopeScore: isRejected ? 0.7 : 0.2 };
  });
  rejecting.reject = "oos";
  const { report, stdout } = await evaluate("--outcomes", rejecting, undefined, file);
  expect(report?.data[0]).toMatchObject({
    rows: 7,
    intent: { accuracy: 5 / 7 },
    // Of 10 pairs: row 0 is above four and level with row 2; row 1 is level with four and below row 2.
    oos: {
      auroc: 0.65,
      rejected_share_of_oos: 0.5,
      rejected_share_of_in_scope: 0.2,
      in_scope_accuracy: 0.8,
      rows: 2,
    },
    outcomes: { intent: [1, 0, 0, 1, 1, 1, 1] },
  });
  expect(stdout).toMatch(/in-scope accuracy +80\.0\n +out-of-scope AUROC +65\.0\n/);
  expect(stdout).toMatch(/rejected, out of scope +50\.0\n +rejected, in scope +20\.0/);
});

test("a perturbed text is what is asked", async () => {
  const classifier = new FakeClassifier();
  await evaluate("--perturb upper --limit 1", classifier);
  expect(classifier.asked[0]?.text).toBe("SET AN ALARM FOR SIX THIRTY TOMORROW");
});

test("a score under its threshold exits with 1 and says which", async () => {
  const never = new FakeClassifier(({ slots, ...truth }) => ({ ...truth, ...(slots && { slots: [] }) }));
  const { code, stderr, report } = await evaluate("--fail-under intent=100,f1=90", never);
  expect(code).toBe(1);
  expect(stderr).toContain(`fell short: f1: 0.00 is under 90 in ${UTTERANCES}`);
  expect(stderr).not.toContain("intent");
  expect(report).toBeDefined();
});

test("refused texts count as wrong and are told", async () => {
  const refusing = new FakeClassifier((truth, row) => {
    if (row.id === "8") throw new OnepassError("text_too_long", 413, "too long");
    return { ...truth, truncated: row.id === "9" };
  });
  const { code, report, stderr } = await evaluate("", refusing);
  expect(code).toBe(0);
  expect(report?.data[0]).toMatchObject({ rows: 12, refused: 1, truncated: 1 });
  expect(report?.data[0]?.intent?.accuracy).toBeCloseTo(11 / 12);
  expect(stderr).toContain("1 texts were refused");
});

test("an interrupted run writes what it has, marked as partial", async () => {
  const stop = new AbortController();
  const interrupted = new FakeClassifier((truth, row) => {
    if (row.id === "3") stop.abort();
    return truth;
  });
  const { code, report, stdout, stderr } = await evaluate(
    `--data ${UTTERANCES} --fail-under f1=100`,
    interrupted,
    stop.signal,
  );
  expect(code).toBe(130);
  expect(report?.partial).toBe(true);
  expect(report?.data).toHaveLength(1);
  expect(report?.data[0]?.rows).toBeLessThan(12);
  expect(report?.data[0]?.rows).toBe(interrupted.asked.length);
  expect(report?.data[0]?.exact_match).toBe(1);
  expect(stdout).toContain("intent accuracy");
  expect(stderr).toMatch(/stopped after \d+ of 12 rows/);
});

test("labels that the bundle does not know are warned of", async () => {
  const file = join(folder, "foreign.jsonl");
  await writeFile(file, JSON.stringify({ id: "1", text: "hi", intent: "greet" }));
  const { stderr } = await evaluate(`--data ${file}`);
  expect(stderr).toContain(`${file}: 1 intent labels that fake@1.0.0 can't answer count as wrong: greet`);
});

test.each([
  ["a file that is missing", "--data missing.jsonl", "missing.jsonl: can't be read"],
  ["an option that is unknown", "--verbose", "--verbose"],
  ["a task that the bundle lacks", "--tasks topic", "--tasks: fake@1.0.0 does not answer topic, only intent, slots"],
  ["a report below a file", "--json /dev/null/out.json", "--json: /dev/null/out.json can't be written"],
])("%s exits with 2, says so and asks nothing", async (_name, args, message) => {
  const classifier = new FakeClassifier();
  const { code, stderr, report } = await evaluate(args, classifier);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(report).toBeUndefined();
  expect(classifier.asked).toEqual([]);
});

test("data that has nothing for the bundle exits with 2 before any row is asked", async () => {
  const file = join(folder, "topics.jsonl");
  await writeFile(file, JSON.stringify({ id: "1", text: "hi", topic: "sport" }));
  const classifier = new FakeClassifier();
  const { code, stderr } = await evaluate(`--data ${file}`, classifier);
  expect([code, classifier.asked]).toEqual([2, []]);
  expect(stderr).toContain(`${file}: no row carries a label of intent, slots`);
});

test("a bundle that can't be opened exits with 2", async () => {
  const io = fakeIo();
  const open = () => Promise.reject(new BundleError("nowhere", "bundle.json can't be read"));
  const options = optionsOf(["--bundle", "models/nowhere", "--data", UTTERANCES]);
  const code = await told(() => evaluateCommand(options, { ...io, open }), io);
  expect(code).toBe(2);
  expect(io.told.stderr).toContain("Bundle nowhere: bundle.json can't be read");
});

test("an engine that fails ends the run and is disposed of", async () => {
  const failing = new FakeClassifier(() => Promise.reject(new EngineError("single-pass", "out of memory")));
  const { code, stderr, report } = await evaluate("", failing);
  expect([code, report, failing.disposed]).toEqual([1, undefined, true]);
  expect(stderr).toContain("The engine single-pass failed");
  expect(failing.asked.length).toBeLessThan(12);
});

test("JSON can be printed in place of the table", async () => {
  const io = fakeIo();
  const options = optionsOf(["--bundle", "any", "--data", UTTERANCES, "--json", "-"]);
  const code = await evaluateCommand(options, { ...io, open: () => Promise.resolve(new FakeClassifier()) });
  expect(code).toBe(0);
  expect(JSON.parse(io.told.stdout)).toMatchObject({ bundle: "fake@1.0.0", data: [{ rows: 12 }] });
});
