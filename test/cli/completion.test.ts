import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { completionScript, SHELLS } from "../../src/cli/completion-script.js";
import { program } from "../../src/cli/program.js";
import { onepass } from "./binary.js";

const folder = mkdtempSync(join(tmpdir(), "onepass-completion-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const script = (shell: (typeof SHELLS)[number]) => {
  const file = join(folder, `onepass.${shell}`);
  writeFileSync(file, completionScript(shell, program()));
  return file;
};
const has = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;

/** What bash offers behind a command line. */
function offered(line: string): string[] {
  const words = line.split(" ");
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const asked = `source ${script("bash")}; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _onepass; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", asked], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter(Boolean);
}

test.skipIf(!has("bash"))("bash completes commands, commands of groups, and options", () => {
  expect(offered("onepass cla")).toEqual(["classify"]);
  expect(offered("onepass bundle ")).toEqual(expect.arrayContaining(["encoder", "gguf"]));
  expect(offered("onepass bundle gguf --ma")).toEqual(["--max-tokens"]);
  expect(offered("onepass classify text --eng")).toEqual(["--engine"]);
  expect(offered("onepass serve --max-te")).toEqual(["--max-texts", "--max-text-chars"]);
});

test.skipIf(!has("bash"))("bash leaves the value of an option to its file names", () => {
  expect(offered("onepass evaluate --bundle ")).toEqual([]);
});

test.each(["zsh", "fish"] as const)("%s takes the script, where there is one", (shell) => {
  const file = script(shell);
  if (!has(shell)) return;
  expect(spawnSync(shell, ["-n", file], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
});

test.each(SHELLS)("%s's script knows every command", (shell) => {
  const written = completionScript(shell, program());
  for (const command of program().commands) expect(written).toContain(command.name());
  expect(written).not.toContain("undefined");
});

test("the binary prints it", async () => {
  expect(await onepass(["completion", "fish"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("complete -c onepass"),
  });
  expect(await onepass(["completion", "tcsh"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('shell: "tcsh" is unknown'),
  });
});
