import { keyCommand } from "../src/access/command.js";

const file = process.env.ONEPASS_KEYS_FILE === "" ? undefined : process.env.ONEPASS_KEYS_FILE;
process.exitCode = keyCommand(process.argv.slice(2), file, process);
