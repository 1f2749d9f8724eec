import { BundleError, OnepassError } from "../errors.js";

/** Why a model does not come into service, or out of it. */
export const REFUSAL_REASONS = [
  "invalid_bundle",
  "schema_changed",
  "insufficient_memory",
  "not_loadable",
  "golden_mismatch",
  "in_use",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** A change that was asked for and not made: what was served before goes on. */
export class ModelRefused extends OnepassError {
  constructor(
    readonly reason: RefusalReason,
    message: string,
    { details, cause }: { readonly details?: object; readonly cause?: unknown } = {},
  ) {
    super("model_refused", 409, message, { details: { reason, ...details }, cause });
  }
}

/** Whatever kept a model from being loaded, as a refusal with a code. */
export function refusalOf(model: string, error: unknown): ModelRefused {
  if (error instanceof ModelRefused) return error;
  if (error instanceof BundleError) return new ModelRefused("invalid_bundle", error.message, { cause: error });
  return new ModelRefused("not_loadable", `${model} could not be loaded; the log says why.`, { cause: error });
}
