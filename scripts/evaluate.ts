import type { Bundle } from "../src/bundle/bundle.js";
import { readConfig } from "../src/config.js";
import { loadEngine } from "../src/engines/load.js";
import { evaluateCommand } from "../src/evaluation/command.js";
import { openServed } from "../src/evaluation/served.js";

/** As the server loads it, on the hardware that the settings name. @throws ConfigError */
async function load(bundle: Bundle) {
  const { threads, gpu, maxSequences } = readConfig(process.env);
  return loadEngine(bundle, {
    threads,
    gpu: gpu === "off" ? false : gpu,
    maxSequences: maxSequences === 0 ? undefined : maxSequences,
  });
}

const stop = new AbortController();
process.on("SIGINT", () => {
  if (stop.signal.aborted) return;
  stop.abort();
  // npm passes on the Ctrl-C that the terminal has already sent us; one that comes later ends the process.
  setTimeout(() => process.removeAllListeners("SIGINT"), 1_000).unref();
});

process.exitCode = await evaluateCommand(process.argv.slice(2), {
  open: (options) => openServed(options, load),
  stop: stop.signal,
  stdout: process.stdout,
  stderr: process.stderr,
});
