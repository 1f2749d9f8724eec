import { expect, test } from "vitest";
import { seriesOf } from "../../../src/proof/monitoring/expressions.js";

test.each([
  ["up == 0", ["up"]],
  ['sum by (job, le) (rate(a_total{route=~"b_total|c",status!="d"}[5m] offset 1w)) / 0.25', ["a_total"]],
  ["a:b:ratio1h > 2 * (a:b:ratio1h offset 1w) and on (job) c", ["a:b:ratio1h", "c"]],
  ["(a - on (model) group_left () b) * ln(a / b) or 0 * d unless bool", ["a", "b", "d"]],
  ["histogram_quantile(0.95, sum by(of,le) (rate(x_bucket[$__rate_interval])))", ["x_bucket"]],
  ["a_total > 1e3 and a_total < Inf", ["a_total"]],
])("names what an expression reads: %s", (expression, series) => {
  expect(seriesOf(expression)).toEqual(series);
});
