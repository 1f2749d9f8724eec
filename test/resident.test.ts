import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { parseStatus, residentBytes } from "../src/resident.js";

const MIB = 2 ** 20;
/** Holds so many mebibytes, says so, and waits. */
const HOLDER = (mebibytes: number) => `const held = Buffer.alloc(${mebibytes} * 2 ** 20, 1);
  console.log(held.length); setInterval(() => held, 1000);`;

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

async function holding(code: string): Promise<number> {
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  await once(child.stdout, "data");
  return child.pid!;
}

test("what a process holds is told, and a child's memory counts for its parent", { timeout: 60_000 }, async () => {
  const alone = await holding(HOLDER(1));
  // The child ends with its parent's pipe.
  const parent = await holding(`const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, ["-e", ${JSON.stringify(HOLDER(200) + 'process.stdin.resume().on("end", () => process.exit());')}]);
    child.stdout.once("data", () => console.log("ready"));`);
  const [one, both] = [await residentBytes(alone), await residentBytes(parent)];
  expect(one).toBeGreaterThan(10 * MIB);
  expect(one).toBeLessThan(190 * MIB);
  expect(both).toBeGreaterThan(one + 200 * MIB);
});

test("a process that is gone is an error, not nothing", async () => {
  await expect(residentBytes(2 ** 30)).rejects.toThrow("there is no /proc/1073741824/status");
});

test.each([
  ["VmRSS:\t  1024 kB\nPPid:\t7\n", { parent: 7, bytes: MIB }],
  ["Name:\tVmRSS\nPPid:\t1\nVmHWM:\t 9 kB\n", { parent: 1, bytes: 0 }], // has ended
  ["", { parent: 0, bytes: 0 }],
])("%j is read", (status, expected) => {
  expect(parseStatus(status)).toEqual(expected);
});
