/** The thread behind `Resolver`: a value costs the parser milliseconds, which the event loop of the server does not have. */
import { parentPort } from "node:worker_threads";
import type { Resolved } from "./resolvable.js";
import { resolveValue } from "./resolve.js";
import type { Order } from "./resolver.js";

export type Answer = { readonly resolved: (Resolved | null)[] } | { readonly fault: string };

const port = parentPort!;

port.on("message", ({ values, reference }: Order) => {
  let answer: Answer;
  try {
    answer = { resolved: values.map(({ value, kind }) => resolveValue(value, kind, reference)) };
  } catch (error) {
    answer = { fault: String(error) };
  }
  port.postMessage(answer);
});
