import type { z } from "zod";
import { ENGINE_NAMES } from "../engines/engine.js";
import { OnepassError } from "../errors.js";
import { TASK_NAMES } from "../tasks/task.js";

type Issue = z.core.$ZodIssue;

/** A body in the shape of its schema. @throws OnepassError of the first fault; `details` lists all when there are several */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.map((issue) => toError(issue, body));
  if (!first || others.length === 0) throw first ?? parsed.error;
  const faults = [first, ...others].map(({ code, message, field }) => ({ code, message, field }));
  throw new OnepassError(first.code, first.status, first.message, {
    ...(first.field !== undefined && { field: first.field }),
    details: { faults },
  });
}

function toError(issue: Issue, body: unknown): OnepassError {
  if (issue.code === "unrecognized_keys") {
    const field = fieldOf([...issue.path, ...issue.keys.slice(0, 1)]);
    return new OnepassError("unknown_field", 400, "There is no such field.", { field });
  }
  const field = fieldOf(issue.path);
  const isText = typeof valueAt(body, issue.path) === "string";
  if (isText && issue.path[0] === "tasks" && issue.path.length === 2) {
    return new OnepassError("unknown_task", 400, `There is no such task; there are ${TASK_NAMES.join(", ")}.`, {
      field,
    });
  }
  if (isText && issue.path.at(-1) === "engine") {
    return new OnepassError("unknown_engine", 400, `There is no such engine; there are ${ENGINE_NAMES.join(", ")}.`, {
      field,
    });
  }
  return new OnepassError("invalid_request", 400, `${issue.message}.`, field === "" ? {} : { field });
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
