import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/package.js";
import { settingsPage } from "./settings-page.js";

writeFileSync(join(PACKAGE_ROOT, "docs/configuration.md"), settingsPage());
