import { expect, test } from "vitest";
import { address, decimal, listOf, oneOf, repeated, seconds, seed, text, whole } from "../../src/cli/values.js";

test.each([
  ["a whole number", () => whole(1)("12"), 12],
  ["a seed", () => seed("4294967295"), 4294967295],
  ["a decimal", () => decimal(0, 1)("0.25"), 0.25],
  ["seconds are milliseconds", () => seconds(0.05, 60)("0.2"), 200],
  ["one of several", () => oneOf(["a", "b"])("b"), "b"],
  ["a list, each once", () => listOf(whole(0))("3, 1,3"), [3, 1]],
  ["an option given twice", () => repeated(text)("b", repeated(text)("a", undefined)), ["a", "b"]],
  ["an address", () => address("https://nlu.local/onepass//"), "https://nlu.local/onepass"],
])("%s", (_name, read, expected) => {
  expect(read()).toEqual(expected);
});

test.each([
  ["1e3", () => whole(1)("1e3"), '"1e3" is no whole number 1 or more'],
  ["0", () => whole(1)("0"), "1 or more"],
  ["-1", () => whole(0, 5)("-1"), "from 0 to 5"],
  ["9007199254740993", () => whole(0)("9007199254740993"), "0 or more"],
  ["2 ** 32", () => seed("4294967296"), "from 0 to 4294967295"],
  [".5", () => decimal(0, 1)(".5"), "no number from 0 to 1"],
  ["61 s", () => seconds(0, 60)("61"), "no number of seconds from 0 to 60"],
  ["a stranger", () => oneOf(["a", "b"])("c"), '"c" is unknown; known are a, b'],
  ["an empty list", () => listOf(oneOf(["a"]))(""), '"" is unknown'],
  ["white space", () => text(" \t"), "empty or white space"],
  ["a port alone", () => address("8080"), "no address such as"],
  ["ftp", () => address("ftp://host"), "no address such as"],
])("%s is refused", (_name, read, message) => {
  expect(read).toThrow(message);
});
