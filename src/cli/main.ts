import { EXIT, runTree } from "./command.js";
import { processIo } from "./io.js";
import { program } from "./program.js";

// Who reads our answers may have enough of them: `onepass … | head` is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.done);
  throw error;
});

try {
  process.exitCode = await runTree(program, process.argv.slice(2), processIo());
} catch (error) {
  console.error(error);
  process.exitCode = EXIT.fault;
}
