import { expect, test } from "vitest";
import { drawMs, serviceTimes } from "../../../src/proof/capacity/service-times.js";
import { seeded } from "../../../src/statistics/random.js";
import { quantileOf } from "../../../src/statistics/quantile.js";

const random = seeded(3);
const skewed = Array.from({ length: 5_000 }, () => 5 - 3 * Math.log(1 - random()));

test("what is drawn is distributed as what was measured", () => {
  const times = serviceTimes(skewed);
  const drawn = Array.from({ length: 20_000 }, () => drawMs(times, random));
  for (const fraction of [0.01, 0.25, 0.5, 0.75, 0.95, 0.99]) {
    expect(quantileOf(drawn, fraction) / quantileOf(skewed, fraction), `${fraction}`).toBeCloseTo(1, 1);
  }
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(5);
  expect(Math.max(...drawn)).toBeLessThanOrEqual(Math.max(...skewed));
});

test("one time is all that there is", () => {
  const times = serviceTimes([7]);
  expect(times).toMatchObject({ samples: 1, mean_ms: 7 });
  expect([drawMs(times, () => 0), drawMs(times, () => 0.999)]).toEqual([7, 7]);
});
