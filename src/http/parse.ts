import type { z } from "zod";
import { didYouMean } from "../did-you-mean.js";
import { ENGINE_NAMES } from "../engines/engine.js";
import { OnepassError } from "../errors.js";
import { TASK_NAMES } from "../tasks/task.js";
import { complaintOf } from "./complaint.js";

type Issue = z.core.$ZodIssue;

/** A body in the shape of its schema. @throws OnepassError of the first fault; `details` lists all when there are several */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.map((issue) => toError(issue, body, schema));
  if (!first || others.length === 0) throw first ?? parsed.error;
  const faults = [first, ...others].map(({ code, message, field }) => ({ code, message, field }));
  throw new OnepassError(first.code, first.status, first.message, {
    ...(first.field !== undefined && { field: first.field }),
    details: { faults },
  });
}

function toError(issue: Issue, body: unknown, schema: z.ZodType): OnepassError {
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const field = fieldOf([...issue.path, key]);
    const advice = didYouMean(key, fieldsAt(schema, issue.path));
    return new OnepassError("unknown_field", 400, `There is no such field.${advice}`, { field });
  }
  const field = fieldOf(issue.path);
  const value = valueAt(body, issue.path);
  if (typeof value === "string" && issue.path[0] === "tasks" && issue.path.length === 2) {
    return new OnepassError("unknown_task", 400, noneSuch("task", value, TASK_NAMES), { field });
  }
  if (typeof value === "string" && issue.path.at(-1) === "engine") {
    return new OnepassError("unknown_engine", 400, noneSuch("engine", value, ENGINE_NAMES), { field });
  }
  const complaint = complaintOf(issue, value);
  if (field !== "") return new OnepassError("invalid_request", 400, `"${field}" ${complaint}.`, { field });
  return new OnepassError("invalid_request", 400, `The body ${complaint.replace("an object", "a JSON object")}.`);
}

const noneSuch = (kind: string, name: string, names: readonly string[]): string =>
  `There is no such ${kind}; there are ${names.join(", ")}.${didYouMean(name, names)}`;

/** The names that an object of a schema may have, at a path from its top; none where it is no object. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const inner = path.reduce<unknown>((at, key) => {
    const { shape, element } = bare(at) as { shape?: Record<PropertyKey, unknown>; element?: unknown };
    return typeof key === "number" ? element : shape?.[key];
  }, schema);
  return Object.keys((bare(inner) as { shape?: object }).shape ?? {});
}

/** A schema without what makes it optional, or gives it a default. */
function bare(schema: unknown): object {
  const { def } = (schema ?? {}) as { def?: { innerType?: unknown } };
  return def?.innerType === undefined ? (schema ?? {}) : bare(def.innerType);
}

const LONGEST_FIELD = 100;

/** `["texts", 3]` -> `texts[3]`. A caller's own key may be of any length. */
function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : (i > 0 ? "." : "") + String(key)))
    .join("")
    .slice(0, LONGEST_FIELD);
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    body,
  );
}
