import type { RequestListener } from "node:http";
import { expect, test } from "vitest";
import { parseStats, startProxy } from "../../../src/proof/fleet/haproxy.js";
import { answers, answersAfter, dies, fakeServer, hasHaproxy, refuses } from "./fakes.js";

const POST = { method: "POST", body: '{"text":"hi"}' };

/** The shipped configuration in front of three servers; how many requests each has had, and the statuses of the answers. */
async function ask(first: RequestListener, { requests = 12, others = answers, atOnce = 1 } = {}) {
  await using one = await fakeServer(first);
  await using two = await fakeServer(others);
  await using three = await fakeServer(others);
  await using proxy = await startProxy([one.url, two.url, three.url]);
  await proxy.untilUp();
  const statuses: number[] = [];
  let left = requests;
  const client = async () => {
    while (left-- > 0) statuses.push((await fetch(`${proxy.url}/classify`, POST)).status);
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  const stats = await proxy.stats();
  return { statuses, asked: [one.asked, two.asked, three.asked], stats };
}

const all = (status: number) => (one: number) => one === status;

test.skipIf(!hasHaproxy).each([
  ["ends a connection without an answer", dies],
  ["is not ready", refuses(503)],
])("a request to a server that %s is answered by another", async (_name, first) => {
  const { statuses, asked, stats } = await ask(first);
  expect(statuses).toHaveLength(12);
  expect(statuses.every(all(200))).toBe(true);
  expect(asked[0]).toBeGreaterThan(0);
  expect(stats.reduce((sum, { redispatches }) => sum + redispatches, 0)).toBeGreaterThan(0);
});

test.skipIf(!hasHaproxy).each([500, 429])("a %i is an answer: no other server is asked", async (status) => {
  const { statuses, asked } = await ask(refuses(status), { others: refuses(status) });
  expect(statuses.every(all(status))).toBe(true);
  expect(asked.reduce((sum, one) => sum + one)).toBe(12);
});

test.skipIf(!hasHaproxy)("a slow server gets fewer requests than the others", async () => {
  const { asked } = await ask(answersAfter(400), { requests: 60, atOnce: 3, others: answersAfter(10) });
  expect(asked[0]).toBeLessThan(Math.min(asked[1]!, asked[2]!) / 2);
});

test.skipIf(!hasHaproxy)("what operators ask does not pass, and probes do", async () => {
  await using server = await fakeServer(answers);
  await using proxy = await startProxy([server.url, server.url, server.url]);
  await proxy.untilUp();
  for (const path of ["/metrics", "/admin/models/x/load", "/admin"]) {
    expect((await fetch(proxy.url + path, POST)).status, path).toBe(404);
  }
  expect(server.asked).toBe(0);
  expect((await fetch(`${proxy.url}/readyz`)).status).toBe(200);
});

test.skipIf(!hasHaproxy)("a server that has ended is taken out", async () => {
  const gone = await fakeServer(answers);
  await using server = await fakeServer(answers);
  await using proxy = await startProxy([gone.url, server.url, server.url]);
  await proxy.untilUp();
  await gone[Symbol.asyncDispose]();
  await proxy.untilDown(0);
  expect((await proxy.stats()).map(({ status }) => status.split(" ")[0])).toEqual(["DOWN", "UP", "UP"]);
});

test("figures are read by the names of their columns", () => {
  const csv = `# svname,wredis,pxname,status,stot,wretr
one,2,onepass,UP,10,3
two,0,onepass,DOWN 1/2,4,0
FRONTEND,9,onepass,OPEN,9,9
one,9,other,UP,9,9
`;
  expect(parseStats(csv)).toEqual([
    { status: "UP", requests: 10, retries: 3, redispatches: 2 },
    { status: "DOWN 1/2", requests: 4, retries: 0, redispatches: 0 },
  ]);
});
