import type { Worker } from "node:worker_threads";
import { startThread } from "../thread.js";
import type { Reference, Resolvable, Resolved } from "./resolvable.js";
import type { Answer } from "./resolve-thread.js";

/** The words of a slot and what they stand for. */
export interface Value {
  readonly value: string;
  readonly kind: Resolvable;
}

export interface Order {
  readonly values: readonly Value[];
  readonly reference: Reference;
}

interface Pending {
  readonly resolve: (resolved: (Resolved | null)[]) => void;
  readonly reject: (error: Error) => void;
}

/** A date or a number is said in a few words; of more the parser would only take longer to find nothing. */
const LONGEST = 100;

/** Resolves values in a thread of its own, which starts with the first of them. */
export class Resolver implements AsyncDisposable {
  #thread: Worker | undefined;
  /** In order: the thread answers so. */
  readonly #pending: Pending[] = [];

  /** In the order of the values; null where one can't be told. */
  async resolve(values: readonly Value[], reference: Reference): Promise<(Resolved | null)[]> {
    if (values.length === 0) return [];
    const readable = values.filter(({ value }) => value.length <= LONGEST);
    const found = await this.#ask({ values: readable, reference });
    const resolved = new Map(readable.map((value, i) => [value, found[i] ?? null]));
    return values.map((value) => resolved.get(value) ?? null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread?.terminate();
  }

  #ask(order: Order): Promise<(Resolved | null)[]> {
    const thread = (this.#thread ??= this.#start());
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
      thread.postMessage(order);
    });
  }

  #start(): Worker {
    const thread = startThread("resolve-thread", import.meta.url);
    thread.unref(); // a process that is done does not wait for it
    thread.on("message", (answer: Answer) => {
      const pending = this.#pending.shift();
      if ("fault" in answer) pending?.reject(new Error(answer.fault));
      else pending?.resolve(answer.resolved);
    });
    let gone = false;
    const end = (error: Error) => {
      if (gone) return;
      gone = true;
      this.#thread = undefined; // the next value starts another
      for (const { reject } of this.#pending.splice(0)) reject(error);
    };
    thread.on("error", end);
    thread.on("exit", () => {
      end(new Error("the thread that resolves values has ended"));
    });
    return thread;
  }
}
