import type { Environment } from "../evaluation/report.js";
import { accuracySection, differencesSection } from "./accuracy-section.js";
import { latencySection, memorySection } from "./latency-section.js";
import { paperSection } from "./paper-section.js";
import { comparisons } from "./scores.js";
import type { Results } from "./store.js";
import { summarySection } from "./summary-section.js";
import { SYSTEMS } from "./systems.js";
import { listed, markdownTable } from "./tables.js";

function machine({ cpu, cores, platform, node }: Environment): string {
  return `${cpu}, ${cores} cores, ${platform}, Node ${node}`;
}

/** What stands behind the names, of the systems of which anything was measured. */
function systemsTable({ accuracy, memory }: Results): string {
  const measured = SYSTEMS.filter(({ label }) => [...accuracy, ...memory].some(({ system }) => system === label));
  const rows = measured.map(({ label, engine, what }) => [`\`${label}\``, `\`${engine}\``, what]);
  const caveats = measured.flatMap(({ label, caveat }) => (caveat === undefined ? [] : [`- \`${label}\`: ${caveat}.`]));
  return [markdownTable(["system", "engine", "what it is"], rows, 3), caveats.join("\n")].filter(Boolean).join("\n\n");
}

/** `docs/results.md`: the same bytes for the same results, and no figure that is not theirs. */
export function renderPage(results: Results): string {
  const compared = comparisons(results.accuracy);
  const records = [...results.accuracy.map(({ report }) => report), ...results.memory];
  const machines = new Set(records.map(({ environment }) => machine(environment)));
  const sections = [
    "# Results",
    "<!-- Written by `npm run results` from the JSON files in docs/results/; a test fails when it is stale. -->",
    `Measured through the code that serves, on the files that are served. Accuracy and memory: ${listed([...machines])}.`,
    systemsTable(results),
    summarySection(compared, results.loadTest),
    accuracySection(results.accuracy),
    differencesSection(compared),
    latencySection(results.loadTest),
    memorySection(results.memory),
    paperSection(results),
  ];
  return sections.join("\n\n") + "\n";
}
