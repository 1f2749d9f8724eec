import { z } from "zod";
import { oneOf } from "./values.js";

/** Whose APIs this server can also answer. */
export const ADAPTER_NAMES = ["rasa", "tei", "systemone"] as const;
export type AdapterName = (typeof ADAPTER_NAMES)[number];

export const ADAPTERS = {
  adapters: z
    .string()
    .transform((names) => [...new Set(names.split(",").map((name) => name.trim()))])
    .pipe(z.array(oneOf(...ADAPTER_NAMES)))
    .default([])
    .describe(
      "Other servers' APIs to answer as well, names with commas between them: `rasa` (`POST /model/parse`), `tei` " +
        "(`POST /predict`), `systemone` (llama.cpp's `POST /v1/systemone`). docs/adapters.md has the differences.",
    ),
};
