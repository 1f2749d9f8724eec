import { ModelName, share } from "./values.js";

/** Who is asked beside the models that answer. */
export const SHADOW = {
  shadowModel: ModelName.optional().describe(
    "A model, or an engine, that is asked what a share of the requests was answered, after the answer, to see whether it " +
      "agrees: `GET /compare/summary`. Unset: none.",
  ),
  shadowShare: share().default(0.05).describe("Share of the answered requests that the shadow is asked, too."),
};
