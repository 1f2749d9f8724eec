import { expect, test } from "vitest";
import { parseCores } from "../../../src/proof/overload/pin.js";

test.each([
  [" 0,1\n", [0, 1]],
  ["0-3", [0, 1, 2, 3]],
  ["1,4-6,9", [1, 4, 5, 6, 9]],
  ["7", [7]],
  ["", []],
])("a list of cores as taskset prints it: %j", (list, cores) => {
  expect(parseCores(list)).toEqual(cores);
});
