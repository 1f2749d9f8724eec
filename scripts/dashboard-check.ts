import { main } from "../src/monitoring/command.js";

process.exitCode = await main(process.argv.slice(2));
