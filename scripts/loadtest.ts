import { loadtestCommand } from "../src/loadtest/command.js";
import { stopOnSignals } from "../src/loadtest/interrupt.js";

process.exitCode = await loadtestCommand(process.argv.slice(2), {
  env: process.env,
  stop: stopOnSignals(),
  startedMs: 0,
  stdout: process.stdout,
  stderr: process.stderr,
});
