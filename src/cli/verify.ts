import type { Verified } from "../bundling/verify.js";
import { defineCommand, EXIT } from "./command.js";
import type { Io } from "./io.js";

export const verify = defineCommand({
  name: "verify",
  summary: "Proves bundles: hashes, headers of model files, and that they still answer their golden texts.",
  description: "Without folders, all bundles in ONEPASS_MODELS_DIR.",
  examples: ["verify", "verify models/mine --hashes-only"],
  failure: "a bundle is not sound",
  define: (command) =>
    command
      .argument("[folders...]", "of bundles")
      .option("--hashes-only", "open no model", false)
      .option("--json", "print what was found as JSON", false),
  read: (given, folders) => ({ ...given, folders }),
  async run({ folders, hashesOnly, json }, io) {
    const { readConfig } = await import("../config/read.js");
    const { foldersOf } = await import("../bundle/discover.js");
    const { verifyBundle } = await import("../bundling/verify.js");
    const config = readConfig(io.env);
    const all = async () => (await Promise.all(config.modelsDirs.map(foldersOf))).flat();
    const found: Verified[] = [];
    for (const folder of folders.length > 0 ? folders : await all()) {
      io.stop.throwIfAborted();
      const verified = await verifyBundle(folder, hashesOnly ? undefined : config, io.stop);
      found.push(verified);
      if (!json) tell(verified, io);
    }
    if (json) io.stdout.write(`${JSON.stringify({ bundles: found }, null, 2)}\n`);
    return found.every(({ sound }) => sound) ? EXIT.done : EXIT.failed;
  },
});

function tell({ bundle, checks }: Verified, io: Io): void {
  io.stdout.write(`${bundle}\n`);
  for (const { check, sound, found } of checks) io.stdout.write(`  ${sound ? "ok " : "BAD"}  ${check}: ${found}\n`);
}
