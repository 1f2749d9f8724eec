#!/usr/bin/env node
import { existsSync } from "node:fs";
import { join } from "node:path";

// The command line. In a clone it is compiled first when a source is newer than what was compiled.
const ROOT = join(import.meta.dirname, "..");
if (existsSync(join(ROOT, "src"))) {
  const { build, isStale } = await import("../scripts/build.js");
  if (isStale()) build();
}
await import("../dist/src/cli/main.js");
