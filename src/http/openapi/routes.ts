import { Router } from "express";
import { route } from "../route.js";
import { openApiDocument } from "./document.js";

export function openApiRoutes(): Router {
  const router = Router();
  const document = openApiDocument();
  route(router, "get", "/openapi.json", (_req, res) => {
    res.json(document);
  });
  return router;
}
