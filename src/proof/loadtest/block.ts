import type { Loop } from "./loop.js";
import type { Target } from "./targets.js";

export type Load =
  | { readonly kind: "closed"; readonly clients: number }
  | { readonly kind: "open"; readonly percent: number; readonly perSecond: number };

export function describeLoad(load: Load): string {
  if (load.kind === "open") return `${load.percent} % load`;
  return `${load.clients} client${load.clients > 1 ? "s" : ""}`;
}

/** One block that was measured, with every answer in it. */
export interface Block {
  readonly target: Target;
  readonly set: string;
  /** From 0; blocks of a round are paired. */
  readonly round: number;
  readonly load: Load;
  /** After the beginning of it all, milliseconds. */
  readonly startedMs: number;
  readonly loop: Loop;
}
