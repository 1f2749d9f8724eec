import { expect, test } from "vitest";
import { ClassifyAnswer, CompareAnswer } from "../../src/classify/answer.js";
import { openApiDocument } from "../../src/http/openapi.js";
import { harness } from "./harness.js";

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle?: { readonly stack?: readonly Layer[] };
}

/** `get /models`, as the router knows them. */
function routesOf(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) =>
    route ? Object.keys(route.methods).map((method) => `${method} ${route.path}`) : routesOf(handle?.stack ?? []),
  );
}

test("every route is documented, and nothing else", async () => {
  const { app } = await harness();
  const documented = Object.entries(openApiDocument().paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  );
  const { stack } = app.router as unknown as { stack: Layer[] };
  const served = routesOf(stack).filter((route) => !route.startsWith("_all"));
  expect(served.sort()).toEqual(documented.sort());
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

test("the example of each request is answered as the document says", async () => {
  const { http } = await harness();
  const answers = { "/classify": ClassifyAnswer, "/compare": CompareAnswer };
  const { paths, components } = openApiDocument();
  for (const [path, answer] of Object.entries(answers)) {
    const { requestBody, responses } = paths![path]!.post as unknown as {
      requestBody: { content: { "application/json": { schema: { $ref: string } } } };
      responses: object;
    };
    const name = requestBody.content["application/json"].schema.$ref.split("/").at(-1)!;
    const { example } = components!.schemas![name] as { example: object };
    const { body } = await http.post(path).send(example).expect(200);
    expect(answer.parse(body), path).toBeTruthy();
    expect(Object.keys(responses)).toEqual(["200", "400", "413", "415", "500", "503", "504"]);
  }
});

test("every reference in the document leads to a schema", () => {
  const json = JSON.stringify(openApiDocument());
  const { schemas } = openApiDocument().components ?? {};
  for (const [, name] of json.matchAll(/#\/components\/schemas\/(\w+)/g)) expect(schemas).toHaveProperty(name!);
});
