import type { RequestHandler, Router } from "express";
import { OnepassError } from "../errors.js";

/** Registers a path's handlers for one method; every other method is a 405 that names the one. */
export function route(router: Router, method: "get" | "post", path: string, ...handlers: RequestHandler[]): void {
  const allowed = method === "get" ? "GET, HEAD" : "POST";
  router
    .route(path)
    [method](...handlers)
    .all((_req, res) => {
      res.set("Allow", allowed);
      throw new OnepassError("method_not_allowed", 405, `${path} takes ${allowed}.`);
    });
}
