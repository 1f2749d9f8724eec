import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApiJson } from "../src/http/openapi/document.js";
import { PACKAGE_ROOT } from "../src/package.js";

writeFileSync(join(PACKAGE_ROOT, "docs/openapi.json"), openApiJson());
