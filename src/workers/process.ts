import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { startProcess } from "../spawn.js";
import { EngineError } from "../errors.js";
import { HEARTBEAT_FD } from "./heart.js";
import { unpackError } from "./packed-error.js";
import type {
  Assignment,
  Batch,
  FromWorker,
  OpenedEngine,
  Outcome,
  PlainOptions,
  ScoreOrder,
  ToWorker,
} from "./protocol.js";
import { Vitals } from "./vitals.js";

/** The worker is gone, and with it the orders that it had. */
export class WorkerGone extends Error {}

interface Order {
  readonly engine: ScoreOrder["engine"];
  readonly resolve: (outcome: Extract<Outcome, { kind: "scored" }>) => void;
  readonly reject: (error: unknown) => void;
}

const CLOSE_TIMEOUT_MS = 5_000;

/** One worker: a process that waits for an assignment, and then holds the engines of one bundle. */
export class WorkerProcess {
  readonly vitals = new Vitals(performance.now());
  /** The engines that it has opened. Rejects with the BundleError that it met, or with WorkerGone. */
  readonly ready: Promise<readonly OpenedEngine[]>;
  /** Why it ended, in words: `SIGSEGV`, `exit code 1`. Never rejects. */
  readonly gone: Promise<string>;
  #readyAt: number | undefined;
  #end: string | undefined;
  #nextId = 0;
  readonly #orders = new Map<number, Order>();
  #idle: (() => void) | undefined;
  #opened!: { resolve: (engines: readonly OpenedEngine[]) => void; reject: (error: unknown) => void };
  readonly #child: ChildProcess;

  #onBatch: ((batch: Batch) => void) | undefined;

  /** module: URL of what the process runs. */
  constructor(module: string) {
    this.ready = new Promise((resolve, reject) => (this.#opened = { resolve, reject }));
    this.ready.catch(() => undefined); // whoever waits for it is told
    this.#child = startProcess(module, {
      serialization: "advanced",
      // What native code prints is no line of the log: all of it goes to stderr.
      stdio: ["ignore", 2, 2, "ipc", "pipe"],
    });
    this.gone = this.#untilGone();
    this.#child.on("message", (message) => {
      this.#heard(message as FromWorker);
    });
    const heart = this.#child.stdio[HEARTBEAT_FD] as Readable;
    heart.on("error", () => undefined); // the process ends
    heart.on("data", (beats: Buffer) => {
      const newest = beats.toString().trimEnd().split("\n").at(-1);
      this.vitals.beat(performance.now(), Number(newest));
    });
  }

  /** What can be done before there is an assignment. */
  prepare(options: PlainOptions): void {
    this.#send({ kind: "prepare", options });
  }

  /** Called once. */
  assign(assignment: Assignment, onBatch?: (batch: Batch) => void): void {
    this.#onBatch = onBatch;
    this.#send({ kind: "open", ...assignment });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Orders under way. */
  get outstanding(): number {
    return this.#orders.size;
  }

  /** How long it has been ready, in milliseconds; 0 when it never was. */
  get wellMs(): number {
    return this.#readyAt === undefined ? 0 : performance.now() - this.#readyAt;
  }

  /**
   * As `Engine.score`: settles when the worker has settled it, so that an order that was aborted still counts as under way
   * while native code runs it. @throws WorkerGone
   */
  async score(order: ScoreOrder, signal: AbortSignal): Promise<Extract<Outcome, { kind: "scored" }>> {
    if (this.#end !== undefined) throw new WorkerGone(this.#end);
    const id = this.#nextId++;
    const outcome = new Promise<Extract<Outcome, { kind: "scored" }>>((resolve, reject) => {
      this.#orders.set(id, { engine: order.engine, resolve, reject });
    });
    const abort = () => {
      this.vitals.abandoned(performance.now(), id);
      this.#send({ kind: "abort", id });
    };
    signal.addEventListener("abort", abort, { once: true });
    this.vitals.began(performance.now(), id);
    this.#send({ kind: "score", id, ...order });
    try {
      return await outcome;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Finishes what runs and ends the process. */
  async close(): Promise<void> {
    if (this.outstanding > 0 && this.#end === undefined) await new Promise<void>((idle) => (this.#idle = idle));
    if (this.#end !== undefined) return;
    const kill = setTimeout(() => {
      this.kill();
    }, CLOSE_TIMEOUT_MS);
    this.#send({ kind: "close" });
    await this.gone;
    clearTimeout(kill);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #send(message: ToWorker): void {
    this.#child.send(message, () => undefined); // what a process that ends did not read is dealt with when it is gone
  }

  #heard(message: FromWorker): void {
    if ("id" in message) this.#settle(message);
    else if (message.kind === "refused") this.#opened.reject(unpackError(message.error));
    else {
      this.#readyAt = performance.now();
      this.#opened.resolve(message.engines);
    }
  }

  #settle(message: Extract<FromWorker, { id: number }>): void {
    for (const batch of message.batches) this.#onBatch?.(batch);
    const order = this.#orders.get(message.id);
    if (!order) return;
    this.#orders.delete(message.id);
    const error = message.kind === "failed" ? unpackError(message.error) : undefined;
    this.vitals.finished(performance.now(), message.id, { failed: error instanceof EngineError });
    if (message.kind === "scored") order.resolve(message);
    else order.reject(error);
    if (this.outstanding === 0) this.#idle?.();
  }

  async #untilGone(): Promise<string> {
    this.#end = await endOf(this.#child);
    const error = new WorkerGone(this.#end);
    this.#opened.reject(error);
    for (const { reject } of this.#orders.values()) reject(error);
    this.#orders.clear();
    this.#idle?.();
    return this.#end;
  }
}

/** Also of a process that could not be started at all. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
    child.on("error", () => undefined);
    child.once("exit", (code, signal) => {
      resolve(signal ?? `exit code ${code}`);
    });
  });
}
