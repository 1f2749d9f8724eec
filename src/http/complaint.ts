import type { z } from "zod";

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  ...{ string: "a string", number: "a number", int: "a whole number", boolean: "true or false" },
  ...{ array: "a list", object: "an object", record: "an object" },
};

/** What is wrong with a value, as the end of a sentence: `must be a string, not a number`. */
export function complaintOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type": {
      const kind = KINDS[issue.expected] ?? `of type ${issue.expected}`;
      if (value === undefined) return `is missing: ${kind}`;
      return `must be ${kind}, not ${typeof value === "number" && kind.endsWith("number") ? value : kindOf(value)}`;
    }
    case "invalid_value":
      return `must be ${issue.values.map((one) => JSON.stringify(one)).join(" or ")}`;
    case "too_small":
      return bound(issue.origin, Number(issue.minimum), issue.exact === true ? "" : "at least");
    case "too_big":
      return bound(issue.origin, Number(issue.maximum), issue.exact === true ? "" : "at most");
    default:
      return issue.message;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return KINDS[Array.isArray(value) ? "array" : typeof value] ?? typeof value;
}

function bound(origin: string, limit: number, relation: string): string {
  const amount = relation === "" ? `${limit}` : `${relation} ${limit}`;
  if (origin === "string") return `must have ${amount} ${limit === 1 ? "character" : "characters"}`;
  if (origin === "array" || origin === "set") return `must hold ${amount} ${limit === 1 ? "item" : "items"}`;
  return `must be ${amount}`;
}
