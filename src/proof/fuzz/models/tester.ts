import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { residentBytes } from "../../../resident.js";
import type { Loss, Verdict } from "./verdict.js";

const LOOK_EVERY_MS = 500;
const MIB = 1_048_576;
/** A fresh process now and then, so that one case's remains are not another's fault. */
const CASES_A_PROCESS = 50;

export interface TesterLimits {
  /** A load that takes longer hangs. */
  readonly caseMs: number;
  readonly maxBytes: number;
}

/** Opens bundles in a process of its own, which is replaced when a bundle has ended it. */
export class Tester implements AsyncDisposable {
  #child: ChildProcess | undefined;
  #cases = 0;

  constructor(private readonly limits: TesterLimits) {}

  async test(folder: string): Promise<Verdict | Loss> {
    if (this.#cases >= CASES_A_PROCESS) await this.#end();
    this.#child ??= fork(PROBE, { stdio: ["ignore", "ignore", "ignore", "ipc"] });
    this.#cases++;
    const child = this.#child;
    let settle: () => void = () => undefined;
    const verdict = await new Promise<Verdict | Loss>((resolve) => {
      settle = this.#watch(child, resolve);
      child.send(folder);
    });
    settle();
    if (["crashed", "hung", "bloated"].includes(verdict.outcome)) await this.#end();
    return verdict;
  }

  /** Tells what becomes of a case, whichever comes first. Returns how to stop watching. */
  #watch(child: ChildProcess, tell: (verdict: Verdict | Loss) => void): () => void {
    const { caseMs, maxBytes } = this.limits;
    const told = (verdict: unknown) => {
      tell(verdict as Verdict);
    };
    const gone = (code: number | null, signal: string | null) => {
      tell({ outcome: "crashed", how: signal ?? `exit code ${String(code)}` });
    };
    child.once("message", told).once("exit", gone);
    const hung = setTimeout(() => {
      tell({ outcome: "hung", seconds: caseMs / 1000 });
    }, caseMs);
    const look = setInterval(() => {
      void residentBytes(child.pid!).then(
        (bytes) => {
          if (bytes > maxBytes) tell({ outcome: "bloated", megabytes: Math.round(bytes / MIB) });
        },
        () => undefined, // it has just ended, which is told otherwise
      );
    }, LOOK_EVERY_MS);
    return () => {
      clearTimeout(hung);
      clearInterval(look);
      child.off("message", told).off("exit", gone);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#cases = 0;
    if (child?.exitCode !== null || child.signalCode !== null) return; // also when there is none
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}

const PROBE = fileURLToPath(new URL("probe.js", import.meta.url));
