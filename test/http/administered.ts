import { KeyRing, makeKey } from "../../src/access/keys.js";
import type { Discovery } from "../../src/bundle/discover.js";
import { OPEN_EDGE } from "../../src/http/edge.js";
import { ModelManager } from "../../src/lifecycle/manager.js";
import { fakeEngines } from "../classify/fakes.js";
import { harnessWith } from "./harness.js";

const OPERATOR = makeKey("operator", ["admin", "classify", "metrics"]);
const USER = makeKey("app", ["classify"]);

/**
 * A harness whose models can be changed, with the secrets of two keys: an operator's, who may do everything, and a user's.
 * disk: what is found there, by default what is served.
 */
export async function administered(disk?: (names: readonly string[]) => Discovery) {
  const made = await harnessWith((pool) => ({
    edge: { ...OPEN_EDGE, keys: new KeyRing([OPERATOR.entry, USER.entry]) },
    manager: new ModelManager({
      pool,
      find: (names = []) =>
        Promise.resolve(disk?.(names) ?? { bundles: pool.entries.map(({ bundle }) => bundle), faulty: [] }),
      load: (bundle) => Promise.resolve(fakeEngines(bundle)),
      memory: () => Promise.resolve({ needed: 0, available: 0 }),
    }),
  }));
  return { ...made, operator: OPERATOR.secret, user: USER.secret };
}
