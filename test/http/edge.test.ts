import { expect, test } from "vitest";
import { KeyRing, makeKey, type Scope } from "../../src/access/keys.js";
import { OPEN_EDGE } from "../../src/http/edge.js";
import { ErrorAnswer } from "../../src/http/schemas.js";
import { harnessWith } from "./harness.js";

const KEYS = {
  app: makeKey("app", ["classify"]),
  prometheus: makeKey("prometheus", ["metrics"]),
  operator: makeKey("operator", ["admin"]),
  all: makeKey("all", ["classify", "admin", "metrics"]),
};
type Holder = keyof typeof KEYS;
const keys = () => new KeyRing(Object.values(KEYS).map(({ entry }) => entry));
const withKeys = (change: object = {}) => harnessWith({ edge: { ...OPEN_EDGE, keys: keys() }, ...change });
const TEXT = { text: "nine" };

test.each<[string, (secret: string) => [string, string]]>([
  ["a bearer token", (secret) => ["Authorization", `Bearer ${secret}`]],
  ["a bearer token in small letters", (secret) => ["authorization", `bearer   ${secret}`]],
  ["a header of its own", (secret) => ["X-API-Key", secret]],
])("a key is taken as %s", async (_name, header) => {
  const { http } = await withKeys();
  await http
    .post("/classify")
    .set(...header(KEYS.app.secret))
    .send(TEXT)
    .expect(200);
});

test("a proxy's own Authorization does not hide the key", async () => {
  const { http } = await withKeys();
  await http
    .post("/classify")
    .set({ Authorization: "Basic dXNlcjpwYXNz", "x-api-key": KEYS.app.secret })
    .send(TEXT)
    .expect(200);
});

test.each(["/classify", "/compare", "/nowhere"])(
  "%s without a key is a 401 that says how to send one",
  async (path) => {
    const { http, engine } = await withKeys();
    const { body, headers } = await http.post(path).send(TEXT).expect(401);
    expect(ErrorAnswer.parse(body).error).toMatchObject({ code: "unauthorized" });
    expect(ErrorAnswer.parse(body).error.message).toContain("Authorization: Bearer KEY");
    expect(headers["www-authenticate"]).toBe('Bearer realm="onepass"');
    expect(engine("single-pass").calls).toEqual([]);
  },
);

test.each(["Bearer op_wrong", "Bearer", "Bearer a b", "op_wrong", ""])(
  "the Authorization %j opens nothing",
  async (value) => {
    const { http } = await withKeys();
    const { body } = await http.post("/classify").set("Authorization", value).send(TEXT).expect(401);
    expect(ErrorAnswer.parse(body).error.code).toBe("unauthorized");
  },
);

test("a key that is none is told so, and appears in no log", async () => {
  const { http, log } = await withKeys();
  const { headers } = await http.post("/classify").set("x-api-key", "op_not-a-key").send(TEXT).expect(401);
  expect(headers["www-authenticate"]).toContain('error="invalid_token"');
  expect(log.join("")).not.toContain("op_not-a-key");
});

test("a request without a key is refused before its body is read", async () => {
  const { http } = await withKeys();
  await http.post("/classify").send("x".repeat(100_000)).expect(401);
});

test.each<[string, Scope]>([
  ["/models", "classify"],
  ["/version", "classify"],
  ["/metrics", "metrics"],
  ["/METRICS/", "metrics"],
  ["/compare/summary", "admin"],
  ["/admin/models/tiny", "admin"],
  ["/Admin/models/tiny", "admin"],
])("%s needs the scope %s", async (path, scope) => {
  const { http } = await withKeys();
  for (const holder of Object.keys(KEYS) as Holder[]) {
    const { secret, entry } = KEYS[holder];
    const { status, body, headers } = await http.get(path).set("x-api-key", secret);
    if (entry.scopes.includes(scope)) {
      expect([200, 404]).toContain(status); // the admin's routes are not part of this app
      continue;
    }
    expect(status).toBe(403);
    expect(ErrorAnswer.parse(body).error).toMatchObject({ code: "forbidden", message: expect.stringContaining(scope) });
    expect(headers["www-authenticate"]).toContain(`error="insufficient_scope", scope="${scope}"`);
  }
  await http.get(path).expect(401);
});

test.each(["/livez", "/readyz", "/openapi.json"])("%s is open", async (path) => {
  const { http } = await withKeys({ edge: { ...OPEN_EDGE, keys: keys(), rateLimitPerMinute: 1 } });
  for (let i = 0; i < 3; i++) await http.get(path).expect(200);
});

test("without keys everything is open but administration, which a web page could ask for", async () => {
  const { http } = await harnessWith({});
  await http.get("/metrics").expect(200);
  const { body } = await http.post("/admin/models/tiny/unload").expect(403);
  expect(ErrorAnswer.parse(body).error.message).toContain("ONEPASS_KEYS_FILE");
});

test("who called is in the log, and counted by name", async () => {
  const { http, log, metrics } = await withKeys();
  await http.post("/classify").set("x-api-key", KEYS.app.secret).send(TEXT).expect(200);
  await http.get("/metrics").set("x-api-key", KEYS.app.secret).expect(403);
  await http.get("/models").expect(401);
  expect(log.map((line) => (JSON.parse(line) as { key?: string }).key)).toEqual(["app", "app", undefined]);
  const text = await metrics.registry.metrics();
  expect(text).toContain('onepass_key_requests_total{key="app"} 1');
  expect(text).toContain('onepass_access_refused_total{reason="scope"} 1');
  expect(text).toContain('onepass_access_refused_total{reason="no_key"} 1');
});

test("a key that comes too often is told when to come back; another key is not held up", async () => {
  const { http } = await withKeys({ edge: { ...OPEN_EDGE, keys: keys(), rateLimitPerMinute: 2 } });
  const ask = (holder: Holder) => http.get("/models").set("x-api-key", KEYS[holder].secret);
  const { headers } = await ask("app").expect(200);
  expect(headers["ratelimit-policy"]).toMatch(/q=2; w=60/);
  expect(headers.ratelimit).toMatch(/r=1; t=\d+/);
  await ask("app").expect(200);
  const refused = await ask("app").expect(429);
  expect(ErrorAnswer.parse(refused.body).error.code).toBe("rate_limited");
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(60);
  await ask("all").expect(200);
});

test("a key's own limit goes before the server's", async () => {
  const [none, one] = [makeKey("none", ["classify"]), makeKey("one", ["classify"])];
  const ring = new KeyRing([
    { ...none.entry, rate_limit_per_minute: 0 },
    { ...one.entry, rate_limit_per_minute: 1 },
  ]);
  const { http } = await harnessWith({ edge: { ...OPEN_EDGE, keys: ring, rateLimitPerMinute: 2 } });
  const ask = (secret: string) => http.get("/models").set("x-api-key", secret);
  for (let i = 0; i < 4; i++) await ask(none.secret).expect(200);
  await ask(one.secret).expect(200);
  await ask(one.secret).expect(429);
});

test("without keys an address is counted; which one it is a trusted proxy alone may say", async () => {
  const ask = (http: Awaited<ReturnType<typeof harnessWith>>["http"], from: string) =>
    http.get("/models").set("X-Forwarded-For", from);
  const direct = await harnessWith({ edge: { ...OPEN_EDGE, rateLimitPerMinute: 1 } });
  await ask(direct.http, "10.0.0.1").expect(200);
  await ask(direct.http, "10.0.0.2").expect(429);
  const proxied = await harnessWith({ edge: { ...OPEN_EDGE, rateLimitPerMinute: 1, trustProxy: 1 } });
  await ask(proxied.http, "10.0.0.1").expect(200);
  await ask(proxied.http, "10.0.0.2").expect(200);
  await ask(proxied.http, "1.2.3.4, 10.0.0.2").expect(429);
});

test("pages of other origins may not read answers unless they are listed", async () => {
  const origin = "https://app.example";
  const preflight = { Origin: origin, "Access-Control-Request-Method": "POST" };
  const closed = await harnessWith({});
  const { headers } = await closed.http.post("/classify").set("Origin", origin).send(TEXT).expect(200);
  expect(headers).not.toHaveProperty("access-control-allow-origin");
  const { http } = await withKeys({ edge: { ...OPEN_EDGE, keys: keys(), corsOrigins: [origin] } });
  const answer = await http.options("/classify").set(preflight).expect(204);
  expect(answer.headers["access-control-allow-origin"]).toBe(origin);
  expect(answer.headers["access-control-allow-headers"]).toContain("authorization");
  const other = await http.options("/classify").set({ ...preflight, Origin: "https://evil.example" });
  expect(other.headers["access-control-allow-origin"]).not.toBe("https://evil.example");
  const refused = await http.post("/classify").set("Origin", origin).send(TEXT).expect(401);
  expect(refused.headers["access-control-allow-origin"]).toBe(origin); // or the page could not read why
});

test("operators' paths can have a port of their own, and nowhere else", async () => {
  const { http, ops } = await withKeys({ opsApart: true });
  const all = KEYS.all.secret;
  await http.get("/metrics").set("x-api-key", all).expect(404);
  await ops.get("/metrics").set("x-api-key", all).expect(200);
  await ops.get("/metrics").expect(401);
  await ops.get("/livez").expect(200);
  await ops.get("/readyz").expect(200);
  await ops.post("/classify").set("x-api-key", all).send(TEXT).expect(404);
});
