import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Metrics } from "../src/metrics/metrics.js";
import { metricsPage } from "../src/proof/monitoring/metrics-page.js";
import { PACKAGE_ROOT } from "../src/package.js";

writeFileSync(join(PACKAGE_ROOT, "docs/metrics.md"), await metricsPage(new Metrics().registry));
