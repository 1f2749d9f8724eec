import { z } from "zod";
import { Settings, variable } from "./settings.js";

/** A setting as the manual shows it. */
export interface SettingRow {
  readonly variable: string;
  readonly values: string;
  readonly default: string;
  readonly description: string;
}

/** Every setting, in the schema's order. */
export function describeSettings(): SettingRow[] {
  const { properties = {} } = z.toJSONSchema(Settings, { io: "output" });
  return Object.entries(properties).map(([setting, schema]) => {
    if (typeof schema === "boolean") throw new TypeError(`${setting} has no schema`);
    return {
      variable: variable(setting),
      values: values(schema),
      default: typeof schema.default === "string" || typeof schema.default === "number" ? `${schema.default}` : "",
      description: schema.description ?? "",
    };
  });
}

function values(schema: z.core.JSONSchema.JSONSchema): string {
  if (schema.enum) return schema.enum.map(String).join(", ");
  if (schema.type === "number") return `${schema.minimum ?? ""} – ${schema.maximum ?? ""}`;
  if (schema.type !== "integer") return schema.type === "array" ? "names" : "text";
  const open = schema.maximum === undefined || schema.maximum === Number.MAX_SAFE_INTEGER;
  return open ? `${schema.minimum ?? 0} or more` : `${schema.minimum ?? 0} – ${schema.maximum}`;
}
