import { OnepassError } from "../errors.js";
import { setDeadline } from "../scheduling/deadline.js";

/**
 * Runs `work` until it is done, the caller is gone or the time is over, and then rejects with the reason, whatever `work`
 * still does: a forward pass can't be interrupted. Work that waits is told by its signal, which also knows the deadline.
 *
 * caller: aborted with the error to reject with. @throws OnepassError `deadline_exceeded` after `ms`
 */
export async function withDeadline<T>(
  ms: number,
  caller: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  setDeadline(signal, performance.now() + ms);
  const callerGone = () => {
    controller.abort(caller.reason);
  };
  if (caller.aborted) callerGone();
  caller.addEventListener("abort", callerGone, { once: true });
  const timer = setTimeout(() => {
    controller.abort(new OnepassError("deadline_exceeded", 504, `There was no answer within ${ms} ms.`));
  }, ms);
  try {
    signal.throwIfAborted();
    return await orAborted(work(signal), signal);
  } finally {
    clearTimeout(timer);
    caller.removeEventListener("abort", callerGone);
  }
}

/** As `work`, unless `signal` is aborted before it is done: then rejects with the reason. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([work, rejection(signal)]);
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener(
      "abort",
      () => {
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
