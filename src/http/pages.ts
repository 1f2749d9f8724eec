import { existsSync } from "node:fs";
import { join } from "node:path";
import { Router, type RequestHandler } from "express";
import { contentSecurityPolicy } from "helmet";
import sirv from "sirv";
import { OnepassError } from "../errors.js";
import { PACKAGE_ROOT } from "../package.js";
import { text, type Paths } from "./openapi/operations.js";
import { route } from "./route.js";

const BUILT = join(PACKAGE_ROOT, "dist/web");
/** The pages and their files, for whoever lets everybody in to some paths: a page asks for a key itself. */
export const PAGE_PATHS = ["/", "/docs", "/assets/*file"];

export const pagePaths: Paths = {
  "/": page("playground", "The playground: try a text, compare engines, see how the server does"),
  "/docs": page("docs", "This document, for people"),
};

/**
 * The pages that `npm run build` makes of `web/`. They load nothing from elsewhere and have no script or style in their HTML,
 * so a browser is told to run nothing but their own files.
 */
export function pageRoutes(folder = BUILT): Router {
  const router = Router();
  const files = filesIn(folder);
  route(router, "get", "/", ownFilesOnly(), files);
  // The viewer of the document writes styles into its elements.
  route(router, "get", "/docs", ownFilesOnly("'unsafe-inline'"), files);
  route(router, "get", "/assets/*file", files);
  return router;
}

const A_YEAR = "public, max-age=31536000, immutable";

function filesIn(folder: string): RequestHandler {
  const none = new OnepassError("not_found", 404, "There is no such file.");
  if (!existsSync(folder)) {
    return () => {
      throw new OnepassError("not_found", 404, "The pages are not built: `npm run build` makes them.");
    };
  }
  const serve = sirv(folder, {
    etag: true,
    gzip: true,
    extensions: ["html"],
    // A file's name has a hash of what is in it; a page's has not.
    setHeaders: (res, path) => res.setHeader("Cache-Control", path.startsWith("/assets/") ? A_YEAR : "no-cache"),
  });
  return (req, res, next) => {
    serve(req, res, () => {
      next(none);
    });
  };
}

/** styles: whose styles are taken besides those of its files. */
function ownFilesOnly(...styles: string[]): RequestHandler {
  return contentSecurityPolicy({
    useDefaults: false, // they would turn http into https, which a server on one's own machine does not speak
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", ...styles],
      fontSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  });
}

function page(operationId: string, summary: string): Paths[string] {
  return { get: { operationId, tags: ["Pages"], summary, responses: { 200: text("A page", "text/html") } } };
}
