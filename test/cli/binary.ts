import { spawn } from "node:child_process";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../src/package.js";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `onepass` in a process of its own, without the settings of whoever runs the tests. */
export function onepass(
  args: readonly string[],
  { env = {}, stdin = "" }: { env?: Record<string, string>; stdin?: string } = {},
): Promise<Outcome> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("ONEPASS_"));
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, "bin/onepass.js"), ...args], {
    cwd: PACKAGE_ROOT,
    env: { ...Object.fromEntries(inherited), ...env },
  });
  const told = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => (told[stream] += text));
  }
  child.stdin.on("error", () => undefined).end(stdin); // who ends early does not read it
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => {
      resolve({ code, ...told });
    });
  });
}
