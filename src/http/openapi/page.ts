import { ERROR_CODES } from "../../errors.js";
import type { OpenApiDocument } from "./document.js";

/** As much of a JSON schema as ours use. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly requestBody?: Answer;
  readonly responses: Readonly<Record<string, Answer>>;
}

/** The page `docs/api.md`: the OpenAPI document, for those who read. */
export function apiPage(document: OpenApiDocument): string {
  const paths = document.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const schemas = document.components?.schemas as Readonly<Record<string, Schema>>;
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  );
  const tags = (document.tags ?? []).filter(({ name }) => name !== "Pages");
  return (
    `# The API

<!-- Written by \`npm run docs:openapi\` from the schemas in src/http/; a test fails when it is stale. -->

${document.info.description}

[openapi.json](openapi.json) is the same for programs; a server has it at \`/openapi.json\`, and shows it at \`/docs\`. APIs of other servers that
onepass can answer, too: [adapters.md](adapters.md).

## Statuses

| | |
|---|---|
${statuses(routes.map(({ operation }) => operation))}

Codes of errors: ${ERROR_CODES.map((code) => `\`${code}\``).join(", ")}.

${tags.map(({ name, description = "" }) => routesOf(name, description, routes)).join("\n")}
## Schemas

${Object.entries(schemas)
  .map(([name, schema]) => schemaOf(name, schema))
  .join("\n")}`.trimEnd() + "\n"
  );
}

/** Each status once, as the first route that has it describes it; a 200 is described by its route. */
function statuses(operations: readonly Operation[]): string {
  const found = new Map<string, string>();
  for (const { responses } of operations) {
    for (const [status, { description }] of Object.entries(responses)) {
      if (status !== "200" && !found.has(status)) found.set(status, description);
    }
  }
  return [...found]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([status, description]) => `| ${status} | ${description} |`)
    .join("\n");
}

function routesOf(
  tag: string,
  description: string,
  routes: readonly { route: string; operation: Operation }[],
): string {
  const rows = routes
    .filter(({ operation }) => operation.tags[0] === tag)
    .map(({ route, operation: { summary, description = "", requestBody, responses } }) => {
      const texts = [`${summary}.`, description].filter((text) => text !== "").join(" ");
      return `| \`${route}\` | ${cell(texts)} | ${bodyOf(requestBody)} | ${bodyOf(responses["200"])} |`;
    });
  return `## Routes: ${tag}\n\n${description}\n\n| route | | body | answer |\n|---|---|---|---|\n${rows.join("\n")}\n`;
}

function bodyOf(answer: Answer | undefined): string {
  const [[type, { schema }] = ["", {}]] = Object.entries(answer?.content ?? {});
  if (type === "") return "";
  return type === "application/json" && schema ? typeOf(schema) : `\`${type}\``;
}

function schemaOf(name: string, schema: Schema): string {
  const rows = fieldsOf(schema, "");
  const head = `### ${name}\n\n${schema.description ? `${schema.description}\n\n` : ""}`;
  if (rows.length === 0) return `${head}${typeOf(schema)}\n`;
  return `${head}| field | | meaning |\n|---|---|---|\n${rows.join("\n")}\n`;
}

/** A row a field; those of objects without a name of their own come after theirs. */
function fieldsOf({ properties = {}, required = [] }: Schema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    const inner = schema.items?.properties ? schema.items : schema;
    const more = [
      schema.default !== undefined
        ? `by default \`${JSON.stringify(schema.default)}\``
        : required.includes(name)
          ? ""
          : "optional",
    ].filter((text) => text !== "");
    const row = `| \`${path}\` | ${[typeOf(schema), ...more].join(", ")} | ${cell(schema.description ?? "")} |`;
    return [row, ...fieldsOf(inner, `${path}${schema.items ? "[]" : ""}.`)];
  });
}

function typeOf(schema: Schema): string {
  const { $ref, anyOf, oneOf, items, additionalProperties: values } = schema;
  if ($ref !== undefined) {
    const name = $ref.split("/").at(-1)!;
    return `[${name}](#${name.toLowerCase()})`;
  }
  const choices = anyOf ?? oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(" or ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (items) return `list of ${typeOf(items)}`;
  if (schema.type === "object" && typeof values === "object") return `object of ${typeOf(values)}`;
  return [[schema.type ?? "anything"].flat().join(" or "), range(schema)].filter((text) => text !== "").join(", ");
}

/** Nothing where a bound is only that of a safe integer. */
function range({ minimum, maximum }: Schema): string {
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (minimum === undefined || most === undefined) return "";
  return `${minimum} to ${most}`;
}

const cell = (text: string) => text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
