import { bundleEncoderCommand } from "../src/bundling/command.js";

process.exitCode = await bundleEncoderCommand(process.argv.slice(2), process);
