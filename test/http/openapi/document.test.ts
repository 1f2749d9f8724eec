import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { apiPage } from "../../../src/http/openapi/page.js";
import { PACKAGE_ROOT } from "../../../src/package.js";
import { openApiDocument, openApiJson } from "../../../src/http/openapi/document.js";
import { administered } from "../administered.js";
import { harness } from "../harness.js";

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle?: { readonly stack?: readonly Layer[] };
}
interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly requestBody?: { content: { "application/json": { examples?: Record<string, { value: object }> } } };
}

/** `get /models`, as the router knows them. */
function routesOf(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) =>
    route ? Object.keys(route.methods).map((method) => `${method} ${route.path}`) : routesOf(handle?.stack ?? []),
  );
}

function operations(): [name: string, operation: Operation][] {
  return Object.entries(openApiDocument().paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      operation as Operation,
    ]),
  );
}

const examples = operations().flatMap(([operation, { requestBody }]) =>
  Object.entries(requestBody?.content["application/json"].examples ?? {}).map(
    ([name, { value }]) => [operation, name, value] as const,
  ),
);

test("every route is documented, and nothing else", async () => {
  const { app } = await administered();
  const { stack } = app.router as unknown as { stack: Layer[] };
  const served = routesOf(stack)
    .filter((route) => !route.startsWith("_all") && route !== "get /assets/*file")
    .map((route) => route.replaceAll(/:(\w+)/g, "{$1}"));
  const documented = operations().map(([name]) => name);
  expect(served.sort()).toEqual(documented.sort());
});

test("every operation has a name of its own and stands under a heading", () => {
  const { tags = [] } = openApiDocument();
  const names = operations().map(([, { operationId }]) => operationId);
  expect(new Set(names).size).toBe(names.length);
  expect(names).not.toContain(undefined);
  for (const [name, operation] of operations()) {
    expect(operation.tags, name).toHaveLength(1);
    expect(tags.map((tag) => tag.name)).toContain(operation.tags?.[0]);
  }
});

test.each(["ClassifyRequest", "CompareRequest"])(
  "the document is served, and describes every field of a %s",
  async (name) => {
    const { http } = await harness();
    const { body } = await http.get("/openapi.json").expect(200);
    expect(body.openapi).toBe("3.1.0");
    const { properties, additionalProperties } = body.components.schemas[name];
    expect(additionalProperties).toBe(false);
    for (const [field, schema] of Object.entries<{ description?: string }>(properties)) {
      expect(schema.description, field).toBeTruthy();
    }
  },
);

test("what takes a body has examples", () => {
  for (const [name, { requestBody }] of operations()) {
    if (requestBody) expect(Object.keys(requestBody.content["application/json"].examples ?? {}), name).not.toEqual([]);
  }
});

// The harness holds each answer to the document.
test.each(examples)("%s answers its example %s", async (operation, _name, request) => {
  const { http, operator } = await administered();
  const model = operation.endsWith("/unload") ? "joint-encoder" : "single-pass"; // the default can't be unloaded
  const path = (operation.split(" ")[1] ?? "").replace("{name}", model).replace("{version}", "1.0.0");
  await http.post(path).set("x-api-key", operator).send(request).expect(200);
});

test("every reference in the document leads to a schema", () => {
  const json = JSON.stringify(openApiDocument());
  const { schemas } = openApiDocument().components ?? {};
  for (const [, name] of json.matchAll(/#\/components\/schemas\/(\w+)/g)) expect(schemas).toHaveProperty(name!);
});

test("docs/openapi.json is what the schemas say; `npm run docs:openapi` writes it", () => {
  expect(readFileSync(join(PACKAGE_ROOT, "docs/openapi.json"), "utf8")).toBe(openApiJson());
});

test("docs/api.md is what the schemas say; `npm run docs:openapi` writes it", () => {
  expect(readFileSync(join(PACKAGE_ROOT, "docs/api.md"), "utf8")).toBe(apiPage(openApiDocument()));
});

test("the page of the API has every route for programs, every schema, and their fields", () => {
  const page = apiPage(openApiDocument());
  const { paths = {}, components } = openApiDocument();
  for (const path of Object.keys(paths).filter((one) => !["/", "/docs"].includes(one)))
    expect(page).toContain(` ${path}\``);
  for (const name of Object.keys(components?.schemas ?? {})) expect(page).toContain(`\n### ${name}\n`);
  expect(page).toContain("| `top_k` | integer, 1 to 100, by default `5` |");
  expect(page).toContain("| `slots` | list of [Slot](#slot), optional |");
  expect(page).not.toContain("undefined");
});
