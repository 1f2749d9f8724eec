import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApiDocument, openApiJson } from "../src/http/openapi/document.js";
import { apiPage } from "../src/http/openapi/page.js";
import { PACKAGE_ROOT } from "../src/package.js";

writeFileSync(join(PACKAGE_ROOT, "docs/openapi.json"), openApiJson());
writeFileSync(join(PACKAGE_ROOT, "docs/api.md"), apiPage(openApiDocument()));
