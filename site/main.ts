import { join, relative } from "node:path";
import { readSite, writeSite } from "./build.js";

// The manual as a site of files, in dist/site: open its index.html, or put it behind any web server.
const ROOT = join(import.meta.dirname, "..");
const OUT = join(ROOT, "dist/site");

const site = readSite(ROOT);
for (const fault of site.faults) console.error(fault);
if (site.faults.length === 0) writeSite(ROOT, OUT, site);
console.log(
  site.faults.length === 0
    ? `${site.pages.size} pages in ${relative(process.cwd(), OUT)}/index.html`
    : `${site.faults.length} faults; nothing was written`,
);
process.exitCode = site.faults.length === 0 ? 0 : 1;
