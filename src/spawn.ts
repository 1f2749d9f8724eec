import { fork, type ChildProcess, type ForkOptions } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Starts a module of ours in a process of its own. What this process was started with, a profiler say, is not for that one.
 * module: its URL, as `import.meta.resolve("./name.js")` gives it.
 */
export function startProcess(module: string, options: ForkOptions): ChildProcess {
  if (!import.meta.url.endsWith(".ts")) return fork(fileURLToPath(module), { ...options, execArgv: [] });
  // Tests and scripts run the sources, which name each other by what they will be compiled to.
  const source = fileURLToPath(module.replace(/\.js$/, ".ts"));
  return fork(source, { ...options, execArgv: ["--import", import.meta.resolve("tsx")] });
}
