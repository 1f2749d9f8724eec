import { openerFor, stopOnInterrupt } from "../src/evaluation/open.js";
import { PACKAGE_ROOT } from "../src/package.js";
import { resultsCommand } from "../src/results/command.js";
import { measureMemory } from "../src/results/memory.js";

process.exitCode = await resultsCommand(process.argv.slice(2), {
  root: PACKAGE_ROOT,
  open: openerFor(process.env),
  memory: (system, bundle, stop) => measureMemory(system, bundle, process.env, stop),
  stop: stopOnInterrupt(),
  stdout: process.stdout,
  stderr: process.stderr,
});
