import { describe, expect, test } from "vitest";
import { defineCommand, EXIT, runTree, UsageError } from "../../src/cli/command.js";
import { program } from "../../src/cli/program.js";
import { whole } from "../../src/cli/values.js";
import { CommandError, EngineError, OnepassError } from "../../src/errors.js";
import { fakeIo } from "./io.js";

const brew = defineCommand({
  name: "brew",
  summary: "Brews.",
  examples: ["brew mocha"],
  failure: "the kettle broke",
  define: (command) =>
    command
      .argument("<kind>", "of coffee")
      .requiredOption("--cups <n>", "how many", whole(1, 9))
      .option("--strong", "double", false),
  read(given, kind) {
    if (given.strong && kind === "decaf") throw new UsageError("--strong: no decaf is");
    return { ...given, kind };
  },
  run: (options, io) => {
    io.stdout.write(JSON.stringify(options));
    if (options.kind === "tea") throw new CommandError("there is no tea");
    if (options.kind === "broken") throw new EngineError("kettle", "it broke");
    if (options.kind === "unknown") throw new OnepassError("unknown_model", 400, "no such model");
    if (options.kind === "bug") throw new TypeError("a bug");
    return Promise.resolve(EXIT.done);
  },
});

async function run(line: string, io = fakeIo()) {
  return { code: await brew.run(line.split(" "), io), ...io.told };
}

describe("a command", () => {
  test("is given its arguments and its options, parsed", async () => {
    expect(brew.parse(["mocha", "--cups", "2"])).toEqual({ kind: "mocha", cups: 2, strong: false });
    const { code, stdout, stderr } = await run("mocha --cups=2 --strong");
    expect([code, JSON.parse(stdout), stderr]).toEqual([0, { kind: "mocha", cups: 2, strong: true }, ""]);
  });

  test.each([
    ["mocha", "--cups is missing"],
    ["--cups 2", "kind is missing"],
    ["mocha --cups 10", '--cups: "10" is no whole number from 1 to 9'],
    ["mocha --cups", "--cups: has no value"],
    ["mocha --cups 2 --strnog", "unknown option '--strnog'\n(Did you mean --strong?)"],
    ["mocha latte --cups 2", '"latte" is one argument too many'],
    ["decaf --cups 2 --strong", "--strong: no decaf is"],
  ])("refuses %s in a line, does nothing and exits with 2", async (line, message) => {
    const { code, stdout, stderr } = await run(line);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^error:|\n\n/);
  });

  test.each([
    ["tea", 2, "there is no tea\n"],
    ["unknown", 2, "no such model\n"],
    ["broken", 1, 'The engine kettle failed. Retry, or send "fallback": "auto".\n'],
  ])("that fails on %s exits with %d and says why", async (kind, code, stderr) => {
    expect(await run(`${kind} --cups 1`)).toMatchObject({ code, stderr });
  });

  test("whose work was interrupted exits with 130, whatever became of it", async () => {
    expect(await run("tea --cups 1", fakeIo({ stop: AbortSignal.abort() }))).toMatchObject({ code: 130, stderr: "" });
  });

  test("does not hide a fault of ours", async () => {
    await expect(run("bug --cups 1")).rejects.toThrow(TypeError);
  });

  test("tells examples and exit codes in its help", async () => {
    const { code, stdout } = await run("--help");
    expect(code).toBe(0);
    expect(stdout).toContain("onepass brew mocha");
    expect(stdout).toContain("1 the kettle broke, 2 bad options");
    expect(brew.parse(["--help"])).toBe("help");
  });
});

describe("a tree of commands", () => {
  const nested = defineCommand({
    name: "machine clean",
    summary: "Cleans.",
    define: (command) => command,
    read: () => undefined,
    run: (_options, io) => {
      io.stdout.write("clean");
      return Promise.resolve(EXIT.done);
    },
  });
  async function runAll(args: string[]) {
    const io = fakeIo();
    const code = await runTree((take) => program(take, [brew, nested]), args, io);
    return { code, ...io.told };
  }

  test("runs what is named, in a group, too", async () => {
    expect(await runAll(["brew", "mocha", "--cups", "1"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("mocha"),
    });
    expect(await runAll(["machine", "clean"])).toEqual({ code: 0, stdout: "clean", stderr: "" });
  });

  test.each([[[]], [["machine"]]])("tells what there is after %j, as a fault", async (args) => {
    const { code, stdout, stderr } = await runAll(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: onepass");
  });

  test("knows neither a command nor an option that was misspelt", async () => {
    expect(await runAll(["brwe"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown command 'brwe'\n(Did you mean brew?)"),
    });
    expect(await runAll(["--cups"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--cups") });
  });

  test("tells its version", async () => {
    expect(await runAll(["--version"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});
