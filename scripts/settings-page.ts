import { describeSettings } from "../src/config/describe.js";

/** The page `docs/configuration.md`: the schema of the settings is its only source. */
export function settingsPage(): string {
  const rows = describeSettings().map(
    (row) => `| \`${row.variable}\` | ${row.values} | ${code(row.default)} | ${row.description} |`,
  );
  return `# Settings

<!-- Written by \`npm run docs:config\` from the schema in src/config/; a test fails when it is stale. -->

onepass reads its settings from environment variables. An empty variable counts as unset. A bad value or an unknown
\`ONEPASS_*\` variable stops the start with exit code 2, and every fault is named at once.

| variable | values | default | meaning |
|---|---|---|---|
${rows.join("\n")}
`;
}

function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}
