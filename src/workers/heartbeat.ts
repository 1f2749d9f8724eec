import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";

/**
 * A thread of a worker that says that the process lives and how much memory it has, whatever native code keeps the main
 * thread busy. When nobody listens any more the process is an orphan: it ends, also where the main thread hangs.
 */
const { fd, everyMs } = workerData as { readonly fd: number; readonly everyMs: number };

function beat(): void {
  try {
    writeSync(fd, `${process.memoryUsage.rss()}\n`);
  } catch {
    process.kill(process.pid, "SIGKILL");
  }
}

beat();
setInterval(beat, everyMs);
