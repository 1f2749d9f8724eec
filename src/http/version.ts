import { Router } from "express";
import type { z } from "zod";
import { FORMAT_VERSION } from "../bundle/manifest.js";
import { PACKAGE_NAME, PACKAGE_VERSION } from "../package.js";
import { read, type Paths } from "./openapi/operations.js";
import { route } from "./route.js";
import { VersionAnswer } from "./schemas.js";

export const versionPaths: Paths = {
  "/version": { get: read("version", "Operate", "Versions of the server and of what it reads", VersionAnswer) },
};

export function versionRoutes(): Router {
  const router = Router();
  const answer: z.infer<typeof VersionAnswer> = {
    name: PACKAGE_NAME,
    version: PACKAGE_VERSION,
    bundle_format: FORMAT_VERSION,
    node: process.versions.node,
  };
  route(router, "get", "/version", (_req, res) => {
    res.json(answer);
  });
  return router;
}
