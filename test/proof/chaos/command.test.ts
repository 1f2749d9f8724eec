import { expect, test } from "vitest";
import { faultsOf } from "../../../src/proof/chaos/command.js";
import { FAULTS } from "../../../src/proof/chaos/faults.js";

test("every kind of fault comes equally often, in another order each round, the same for a seed", () => {
  const kinds = Object.keys(FAULTS);
  const order = faultsOf({ faults: kinds.length * 3, only: [], seed: 1 });
  for (const kind of kinds) expect(order.filter((one) => one === kind)).toHaveLength(3);
  expect(order.slice(0, kinds.length)).not.toEqual(order.slice(kinds.length, 2 * kinds.length));
  expect(faultsOf({ faults: kinds.length * 3, only: [], seed: 1 })).toEqual(order);
});

test("kinds can be chosen, and the number is kept", () => {
  expect(faultsOf({ faults: 3, only: ["stopped", "killed"], seed: 2 })).toHaveLength(3);
  expect(new Set(faultsOf({ faults: 9, only: ["stopped", "killed"], seed: 2 }))).toEqual(
    new Set(["stopped", "killed"]),
  );
});
