import { expect, test } from "vitest";
import { addressIn } from "../../../src/proof/profile/server.js";

test.each([
  ['{"level":"info","time":"…","url":"http://127.0.0.1:4321","msg":"listening"}', "http://127.0.0.1:4321"],
  ['{"level":"info","url":"http://127.0.0.1:4321","model":"m@1.0.0","msg":"ready"}', undefined],
  ["no JSON", undefined],
])("the address in %s is %s", (line, url) => {
  expect(addressIn(line)).toBe(url);
});
