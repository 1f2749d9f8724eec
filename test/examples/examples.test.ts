import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../src/package.js";
import { loaded, startProcess, urlOf } from "../e2e/process.js";

let server: ChildProcess;
let url: string;

beforeAll(async () => {
  server = startProcess({});
  url = await urlOf(server);
  await loaded(url);
});

afterAll(() => server.kill());

async function run(example: string, args: readonly string[], input = ""): Promise<string[]> {
  const child = spawn(process.execPath, ["--import", "tsx", join("examples", example), ...args], {
    cwd: PACKAGE_ROOT,
    env: { ...process.env, ONEPASS_URL: url },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(input);
  return (await text(child.stdout)).trimEnd().split("\n");
}

test("the home turns off a light, sets an alarm at an hour, and does not make up what it can't do", async () => {
  const told = ["turn off the lights in the kitchen", "wake me up at nine am", "who is the president of france"];
  const lines = await run("home-automation/bot.ts", told);
  expect(lines.filter((_, i) => i % 2 === 1).map((line) => line.trim())).toEqual([
    expect.stringMatching(/lights off in the kitchen$/),
    expect.stringMatching(/alarm at 09:00$/),
    "-> I can't do that.",
  ]);
});

test("tickets reach their desks, in order, and what is out of scope a person", async () => {
  const tickets = ["my card was stolen", "i lost my luggage at the airport", "why do cats purr when they sleep"];
  const lines = await run("ticket-router/router.ts", [], tickets.join("\n") + "\n");
  expect(lines.map((line) => [line.split("\t")[0], line.split("\t")[2]])).toEqual([
    ["fraud", tickets[0]],
    ["travel", tickets[1]],
    ["person", tickets[2]],
  ]);
});
