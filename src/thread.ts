import { Worker } from "node:worker_threads";

/**
 * Starts a module of ours in a thread of its own.
 * module: its name beside the caller, without an extension; caller: `import.meta.url`. data: the thread's `workerData`.
 */
export function startThread(module: string, caller: string, data?: unknown): Worker {
  const isSource = caller.endsWith(".ts");
  const thread = new URL(`./${module}.${isSource ? "ts" : "js"}`, caller);
  if (!isSource) return new Worker(thread, { workerData: data });
  // Tests and scripts run the sources, and threads don't inherit the loader that reads TypeScript.
  const loader = import.meta.resolve("tsx/esm/api");
  const opening = `import { register } from "${loader}"; register(); await import("${thread.href}");`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(opening)}`), { workerData: data });
}
