import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.js";
import { manual } from "../../src/cli/manual.js";
import { program } from "../../src/cli/program.js";
import { PACKAGE_ROOT } from "../../src/package.js";

test("docs/cli.md is what the commands say; npm run docs:cli writes it", () => {
  expect(readFileSync(join(PACKAGE_ROOT, "docs/cli.md"), "utf8")).toBe(manual());
});

test("every command and every option is in the manual, but for the settings", () => {
  const page = manual();
  for (const { name } of COMMANDS) expect(page).toContain(`\n## onepass ${name}\n`);
  for (const option of ["--oos-threshold", "--fail-under", "--skip-faulty"]) expect(page).toContain(`\`${option}`);
  expect(page).not.toContain("--max-text-chars");
  expect(page).not.toContain("undefined");
});

test("examples are command lines that would be taken", () => {
  for (const command of COMMANDS) {
    for (const example of command.examples) {
      const words = [...example.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
      expect(words.slice(0, command.name.split(" ").length).join(" ")).toBe(command.name);
      expect(command.parse(words.slice(command.name.split(" ").length)), example).not.toBe("help");
    }
  }
});

test("the help lists every command once, users' first", () => {
  const help = program().helpInformation();
  const commands = new Set(COMMANDS.map(({ name }) => name.split(" ")[0]!));
  for (const name of commands) expect(help.match(new RegExp(`^  ${name}( |$)`, "gm"))).toHaveLength(1);
  expect(help.indexOf("classify")).toBeLessThan(help.indexOf("For developers of onepass:"));
});
