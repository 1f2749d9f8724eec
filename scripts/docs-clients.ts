import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/package.js";
import { clientTypes } from "./client-types.js";

writeFileSync(join(PACKAGE_ROOT, "clients/typescript/src/schema.ts"), await clientTypes());
