import { expect, test } from "vitest";
import { UsageError } from "../../src/cli/command.js";
import { profile } from "../../src/cli/profile.js";

test("has a default for everything", () => {
  expect(profile.parse([])).toEqual({
    engine: "single-pass",
    seconds: 10,
    clients: 1,
    text: "wake me up at nine am on friday",
    tasks: ["intent", "slots"],
    out: "profile.html",
  });
});

test("takes what is given", () => {
  const given = ["--engine", "dual-encoder", "--seconds", "3", "--clients=2", "--tasks", "topic", "--model", "m"];
  expect(profile.parse([...given, "--out", "x.html"])).toMatchObject({
    engine: "dual-encoder",
    model: "m",
    seconds: 3,
    clients: 2,
    tasks: ["topic"],
    out: "x.html",
  });
});

test("gives no options to who asks for help", () => {
  expect(profile.parse(["--help"])).toBe("help");
});

test.each([
  [["--engine", "magic"], '--engine: "magic" is unknown; known are single-pass'],
  [["--tasks", "intent,mood"], '--tasks: "mood" is unknown'],
  [["--tasks", ""], '--tasks: "" is unknown'],
  [["--seconds", "0"], "--seconds"],
  [["--seconds", "601"], "from 1 to 600"],
  [["--seconds", "1.5"], "whole number"],
  [["--clients", "-1"], "--clients"],
  [["--clients=many"], "--clients"],
  [["--text", " "], "--text"],
  [["--out", ""], "--out"],
  [["--colour", "red"], "--colour"],
  [["extra"], "extra"],
])("refuses %j and names the fault", (args, message) => {
  expect(() => profile.parse(args)).toThrow(UsageError);
  expect(() => profile.parse(args)).toThrow(message);
});
