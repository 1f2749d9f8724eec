import { Router, type Request, type RequestHandler, type Response } from "express";
import type { Caller, KeyRing, Scope } from "../../access/keys.js";
import { OnepassError } from "../../errors.js";
import type { AccessMetrics } from "../../metrics/access.js";
import { PAGE_PATHS } from "../pages.js";

/** What anybody may read: probes, which carry no key, and what says how to call. */
export const OPEN_PATHS = ["/livez", "/readyz", "/v2/health/live", "/v2/health/ready", "/openapi.json", ...PAGE_PATHS];

const ADVICE = "Send it as `Authorization: Bearer KEY` or `x-api-key: KEY`.";

/**
 * Lets in who may: whatever is not known to be open or to need another scope needs `classify`. The paths are matched as
 * express matches those of the routes, so that no other spelling of a path has other rights.
 * ring: undefined when no keys are asked for; then `/admin` is closed, since any web page could post to it.
 */
export function guard(ring: KeyRing | undefined, metrics: AccessMetrics): Router {
  const router = Router();
  if (!ring) {
    router.use("/admin", () => {
      metrics.refused("no_keys_file");
      throw new OnepassError("forbidden", 403, "Administration needs a key: set ONEPASS_KEYS_FILE.");
    });
    return router;
  }
  const need = (scope: Scope): RequestHandler => needScope(ring, scope, metrics);
  router.all(OPEN_PATHS, (_req, _res, next) => {
    next("router");
  });
  router.use("/admin", need("admin"), leave);
  router.use("/metrics", need("metrics"), leave);
  router.use("/compare/summary", need("admin"), leave); // it may hold texts of other callers
  router.use(need("classify"));
  return router;
}

/** Who calls; undefined where no key is asked for. */
export function callerOf(res: Response): Caller | undefined {
  return (res.locals as { caller?: Caller }).caller;
}

const leave: RequestHandler = (_req, _res, next) => {
  next("router");
};

function needScope(ring: KeyRing, scope: Scope, metrics: AccessMetrics): RequestHandler {
  return (req, res, next) => {
    const secret = secretOf(req);
    const caller = secret === undefined ? undefined : ring.find(secret);
    if (!caller) {
      metrics.refused(secret === undefined ? "no_key" : "unknown_key");
      res.set("WWW-Authenticate", `Bearer realm="onepass"${secret === undefined ? "" : ', error="invalid_token"'}`);
      const message = secret === undefined ? `This server asks for an API key. ${ADVICE}` : "There is no such API key.";
      throw new OnepassError("unauthorized", 401, message);
    }
    res.locals.caller = caller; // a refused caller is named in the log, too
    if (!caller.scopes.has(scope)) {
      metrics.refused("scope");
      res.set("WWW-Authenticate", `Bearer realm="onepass", error="insufficient_scope", scope="${scope}"`);
      throw new OnepassError(
        "forbidden",
        403,
        `This needs a key of scope ${scope}; yours has ${[...caller.scopes].join(", ")}.`,
      );
    }
    metrics.letIn(caller.name);
    next();
  };
}

const BEARER = /^bearer +(\S+) *$/i;

/** A proxy may use `Authorization` for itself: another scheme than ours counts as none. */
function secretOf({ headers }: Request): string | undefined {
  const bearer = headers.authorization === undefined ? undefined : BEARER.exec(headers.authorization)?.[1];
  const given = bearer ?? headers["x-api-key"];
  return typeof given === "string" && given !== "" ? given : undefined;
}
