import { delimiter } from "node:path";
import { z } from "zod";

/** A whole number, written in decimal digits. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  return z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
}

/** A part of the whole, 0 to 1, as a decimal fraction: `0.05`. */
export function share() {
  return z
    .string()
    .regex(/^\d?\.?\d{1,15}$/, "must be a number from 0 to 1")
    .transform(Number)
    .pipe(z.number().min(0).max(1, "must be at most 1"));
}

/** One of `names`, as they are written. */
export function oneOf<const Names extends readonly [string, ...string[]]>(...names: Names) {
  return z.enum(names, `must be one of ${names.join(", ")}`);
}

export const ModelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*(@\d+\.\d+\.\d+)?$/, "must be the name of a model, `name` or `name@version`");

export const MAX_MS = 3_600_000;

/** `models:shapes`, on Windows `models;shapes`. */
export function foldersIn(value: string): string[] {
  return value.split(delimiter).filter(Boolean);
}
