import type { ErrorShape } from "./middleware/errors.js";
import { protocolShape } from "./oip/errors.js";
import { errorBody } from "./protocol.js";

/** A path that models answer, and the shape of its errors. */
export interface ModelRoute {
  /** For metrics: the pattern, never what was asked for. */
  readonly route: string;
  readonly shape: ErrorShape;
}

const OWN = new Map(["/classify", "/compare"].map((route) => [route, { route, shape: errorBody }]));
const INFER = { route: "/v2/models/:name/infer", shape: protocolShape };
const INFER_PATH = /^\/v2\/models\/[^/?]+(\/versions\/[^/?]+)?\/infer$/;

/** What models answer, by path; anything odd about a path, such as a query, goes the long way. */
export function modelRouteOf(url: string): ModelRoute | undefined {
  return OWN.get(url) ?? (INFER_PATH.test(url) ? INFER : undefined);
}
