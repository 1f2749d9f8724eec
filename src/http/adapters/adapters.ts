import type { Router } from "express";
import type { ClassifyService } from "../../classify/service.js";
import type { AdapterName } from "../../config/adapters.js";
import { rasaRoutes } from "./rasa.js";
import { systemOneRoutes } from "./systemone.js";
import { teiRoutes } from "./tei.js";

/** Other servers' APIs over our service, by the name that the setting has for them. */
const ADAPTERS: Readonly<Record<AdapterName, (service: ClassifyService, maxBodyBytes: number) => Router>> = {
  rasa: rasaRoutes,
  tei: teiRoutes,
  systemone: systemOneRoutes,
};

export function adapterRoutes(names: readonly AdapterName[], service: ClassifyService, maxBodyBytes: number): Router[] {
  return names.map((name) => ADAPTERS[name](service, maxBodyBytes));
}
