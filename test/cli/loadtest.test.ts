import { expect, test } from "vitest";
import { CommandError } from "../../src/errors.js";
import { loadtest } from "../../src/cli/loadtest.js";

test("without options everything is measured, with intent and slots", () => {
  expect(loadtest.parse([])).toEqual({
    ...{ quick: false, gpu: false, dryRun: false },
    ...{ tasks: ["intent", "slots"], set: "mixed", clients: [1, 2, 4, 8], loads: [25, 50, 75, 90, 110, 150] },
    ...{ loadMs: 6_000, seed: 1 },
  });
});

test("a GPU gets more clients", () => {
  expect(loadtest.parse(["--gpu"])).toMatchObject({ gpu: true, clients: [1, 2, 4, 8, 16, 32, 64] });
});

test("what is given counts, with --quick, too", () => {
  const args =
    "--quick --clients 1,3 --loads 50 --set short --seed 9 --block-seconds 0.2 --rounds 2 --port 0 --json out.json";
  expect(loadtest.parse(args.split(" "))).toMatchObject({
    ...{ quick: true, clients: [1, 3], loads: [50], set: "short", seed: 9 },
    ...{ blockMs: 200, rounds: 2, port: 0, json: "out.json" },
  });
});

test("targets are engines, alone or with a model", () => {
  expect(loadtest.parse(["--targets", "single-pass, dual-encoder:mine@1.0.0"])).toMatchObject({
    targets: [
      { label: "single-pass", engine: "single-pass" },
      { label: "dual-encoder:mine@1.0.0", engine: "dual-encoder", model: "mine@1.0.0" },
    ],
  });
});

test.each(["http://127.0.0.1:8080", "http://127.0.0.1:8080/"])("an address: %s", (url) => {
  expect(loadtest.parse(["--url", url])).toMatchObject({ url: "http://127.0.0.1:8080" });
});

test("an address may have a path, behind a proxy", () => {
  expect(loadtest.parse(["--url", "http://nlu.local/onepass/"])).toMatchObject({ url: "http://nlu.local/onepass" });
});

test("the open loop can be left out", () => {
  expect(loadtest.parse(["--loads", "none"])).toMatchObject({ loads: [] });
});

test.each([
  [["--targets", "two-pass"], /--targets: "two-pass" is no engine; there are single-pass, generate, dual-decoder/],
  [["--targets", "single-pass:"], /--targets: "single-pass:" has no model/],
  [["--tasks", "intent,mood"], /--tasks: "mood" is unknown; known are intent, slots, topic/],
  [["--set", "medium"], /--set: "medium" is unknown/],
  [["--clients", "0"], /--clients: "0" is no whole number from 1/],
  [["--clients", "1,many"], /--clients: "many"/],
  [["--loads", "-5"], /--loads/],
  [["--rounds", "1.5"], /--rounds: "1.5"/],
  [["--block-seconds", "0"], /--block-seconds: "0"/],
  [["--port", "70000"], /--port: "70000" is no whole number from 0 to 65535/],
  [["--seed", "x"], /--seed: "x"/],
  [["--url", "8080"], /--url: "8080" is no address such as/],
  [["--url", "ftp://host"], /--url/],
  [["--url", "http://host", "--gpu"], /--gpu is for a server that is started, not for --url/],
  [["--url", "http://host", "--port", "1"], /--port is for a server that is started/],
  [["--verbose"], /--verbose/],
  [["stray"], /stray/],
])("%j is told", (args, message) => {
  expect(() => loadtest.parse(args)).toThrow(CommandError);
  expect(() => loadtest.parse(args)).toThrow(message);
});

test("help is asked for", () => {
  expect(loadtest.parse(["--help", "--quick"])).toBe("help");
});
