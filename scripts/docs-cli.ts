import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { manual } from "../src/cli/manual.js";
import { PACKAGE_ROOT } from "../src/package.js";

writeFileSync(join(PACKAGE_ROOT, "docs/cli.md"), manual());
