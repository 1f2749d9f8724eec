import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { TrainError } from "./errors.js";

/** As much of what a process complained of as helps. */
const KEPT = 4_000;

export interface Ended {
  readonly code: number;
  /** The end of what it wrote to standard error. */
  readonly complaint: string;
}

export interface Started {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Aborted: it is asked to end, and waited for. */
  readonly stop: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** Of standard error. */
  readonly onText?: (text: string) => void;
}

/** Runs a program to its end. @throws TrainError when it can't be started */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env, stop, onLine, onText }: Started,
): Promise<Ended> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const end = () => child.kill("SIGTERM");
  stop.addEventListener("abort", end);
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-KEPT);
    onText?.(text);
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => onLine?.(line));
  const read = new Promise<void>((resolve) => lines.once("close", resolve));
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject).once("close", (code) => {
        resolve(code ?? 1);
      });
    });
    await read;
    return { code, complaint };
  } catch (cause) {
    throw new TrainError(`${program} can't be started: ${String(cause)}`, { cause });
  } finally {
    stop.removeEventListener("abort", end);
  }
}
