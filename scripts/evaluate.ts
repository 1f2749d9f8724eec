import { evaluateCommand } from "../src/evaluation/command.js";
import { openerFor, stopOnInterrupt } from "../src/evaluation/open.js";

process.exitCode = await evaluateCommand(process.argv.slice(2), {
  open: openerFor(process.env),
  stop: stopOnInterrupt(),
  stdout: process.stdout,
  stderr: process.stderr,
});
