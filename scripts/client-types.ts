import { compile, type JSONSchema } from "json-schema-to-typescript";
import { format, resolveConfig } from "prettier";
import { openApiJson } from "../src/http/openapi/document.js";
import { PACKAGE_ROOT } from "../src/package.js";

/** What of the API the client takes and gives, by its name there; what these refer to comes along. */
const EXPORTED = {
  ClassifyRequest: "ClassifyRequest",
  ClassifyAnswer: "ClassifyAnswer",
  BatchAnswer: "BatchAnswer",
  CompareRequest: "CompareRequest",
  CompareAnswer: "CompareAnswer",
  Models: "Models",
  Readiness: "Readiness",
  Error: "ErrorAnswer", // JavaScript has an Error of its own
};

const BANNER = `/* Written by \`npm run docs:clients\` from the OpenAPI document of the server; a test fails when it is stale. */`;

/** `clients/typescript/src/schema.ts`. */
export async function clientTypes(): Promise<string> {
  const { components } = JSON.parse(openApiJson().replaceAll("#/components/schemas/", "#/definitions/")) as {
    components: { schemas: Record<string, JSONSchema> };
  };
  const renamed = new Map(Object.entries(EXPORTED));
  const definitions = Object.fromEntries(
    Object.entries(components.schemas).map(([name, schema]) => [renamed.get(name) ?? name, schema]),
  );
  const names = Object.values(EXPORTED);
  const root: JSONSchema = {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(names.map((name) => [name, { $ref: `#/definitions/${name}` }])),
    definitions,
  };
  const options = { bannerComment: BANNER, format: false, ignoreMinAndMaxItems: true };
  const types = (await compile(root, "Schemas", options)).replace(/export interface Schemas \{[^}]*\}\n/, "");
  const layout = await resolveConfig(PACKAGE_ROOT + "/package.json");
  return format(types, { ...layout, parser: "typescript" });
}
