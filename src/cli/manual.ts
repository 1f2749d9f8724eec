import type { Command, OptionValues } from "@commander-js/extra-typings";
import { EXIT, type CliCommand } from "./command.js";
import { COMMANDS, GROUPS } from "./commands.js";
import { SETTINGS_GROUP } from "./serve.js";

type Tree = Command<unknown[], OptionValues, OptionValues>;

/** The page `docs/cli.md`: the commands themselves are its only source. */
export function manual(): string {
  const users = COMMANDS.filter(({ audience }) => audience === "users");
  const developers = COMMANDS.filter(({ audience }) => audience === "developers");
  return `# The command line

<!-- Written by \`npm run docs:cli\` from the commands in src/cli/; a test fails when it is stale. -->

\`npx onepass COMMAND\` in a clone, \`npm run COMMAND -- …\` for those that have a script. \`onepass --help\` lists the commands, \`onepass COMMAND
--help\` tells what is on this page. In a clone the first call compiles.

Commands that ask a model run the models of \`ONEPASS_MODELS_DIR\` in their own process, with the [settings](configuration.md) of the environment. With
\`--url URL\` (or \`ONEPASS_URL\`) they ask a server that runs, with \`--key KEY\` (better \`ONEPASS_KEY\`, which no process list shows) where it wants one; a
server that is full or not ready yet is asked again when it says.

Answers go to stdout, everything else to stderr: progress (a bar on a terminal, a line now and then in a log), notes, faults. \`--json\` prints
JSON in their place; commands that measure for long write a file, \`--json FILE\`, beside their tables, or print it with \`--json -\`.

| exit code | |
|---|---|
| ${EXIT.done} | done |
| ${EXIT.failed} | what was asked for failed: a score fell short, a bundle is not sound, a server or an engine failed |
| ${EXIT.badInput} | what was given is at fault: options, settings, files, rows |
| ${EXIT.fault} | a fault of onepass; the stack is printed |
| ${EXIT.interrupted} | interrupted by Ctrl-C or SIGTERM; what was done so far is kept where the command says so |

## Commands

${index(users)}

For developers of onepass:

${index(developers)}
${[...users, ...developers].map(section).join("")}`;
}

function index(commands: readonly CliCommand[]): string {
  const rows = commands.map(
    ({ name, summary }) => `| [\`${name}\`](#onepass-${name.replaceAll(" ", "-")}) | ${summary} |`,
  );
  return `| command | |\n|---|---|\n${rows.join("\n")}`;
}

function section(command: CliCommand): string {
  const tree: Tree = command.inTree(() => undefined);
  const [, ...more] = tree.description().split("\n\n");
  const group = command.name.includes(" ") ? GROUPS[command.name.split(" ")[0]!] : undefined;
  const [usage] = tree.usage().split("\n");
  const examples = command.examples.map((example) => `onepass ${example}`).join("\n");
  const described = [command.summary, ...(group === undefined ? [] : []), ...more].join("\n\n");
  return `
## onepass ${command.name}

${described}

\`\`\`text
onepass ${command.name} ${usage ?? ""}
\`\`\`
${takes(tree)}${examples === "" ? "" : `\n\`\`\`text\n${examples}\n\`\`\`\n`}${command.failure === undefined ? "" : `\nExit code ${EXIT.failed}: ${command.failure}.\n`}`;
}

/** Arguments and options; settings have a page of their own. */
function takes({ registeredArguments, options }: Tree): string {
  const args = registeredArguments.map((one) => {
    const name = `${one.name()}${one.variadic ? "…" : ""}`;
    return row(one.required ? name : `[${name}]`, one.description, one.defaultValue);
  });
  const own = options.filter(({ helpGroupHeading }) => helpGroupHeading !== SETTINGS_GROUP);
  const flags = own.map(({ flags: name, description, defaultValue, mandatory }) =>
    row(name, `${description}${mandatory ? " (needed)" : ""}`, defaultValue),
  );
  const rows = [...args, ...flags];
  return rows.length === 0 ? "" : `\n| | |\n|---|---|\n${rows.join("\n")}\n`;
}

function row(name: string, description: string, usual: unknown): string {
  const told =
    usual === undefined || usual === false ? "" : `; by default ${([usual].flat() as (string | number)[]).join(",")}`;
  return `| \`${name.replaceAll("|", "\\|")}\` | ${(description + told).replaceAll("|", "\\|")} |`;
}
