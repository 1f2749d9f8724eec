import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { ClassifyRequest } from "../../src/classify/request.js";
import { ClassifyService, type ServiceSettings } from "../../src/classify/service.js";
import { EngineError } from "../../src/errors.js";
import { Shadow } from "../../src/shadow/shadow.js";
import { quantileOf } from "../../src/statistics/quantile.js";
import { fakePool, SETTINGS } from "./fakes.js";

/**
 * What fallback, breaker and shadow add to a request: the service over engines that take no time, in interleaved blocks. Processor
 * time, which other work on the machine changes less than the clock's.
 *
 * npm run overhead -- [--rounds 40] [--json FILE]
 */
const { values } = parseArgs({ options: { rounds: { type: "string", default: "40" }, json: { type: "string" } } });
const ROUNDS = Number(values.rounds);
const REQUESTS = 500;
const { signal } = new AbortController();

interface Variant {
  readonly name: string;
  readonly ask: () => Promise<unknown>;
  readonly us: number[];
}

async function variant(
  name: string,
  settings: Partial<ServiceSettings>,
  { fails = false, share = 0 }: { readonly fails?: boolean; readonly share?: number } = {},
): Promise<Variant> {
  const { pool, metrics, engine } = await fakePool();
  const shadow = new Shadow(pool, metrics, {
    name: "joint-encoder",
    share,
    timeoutMs: 1000,
    keepTexts: () => undefined,
  });
  const onAnswer = (answer: Parameters<Shadow["observe"]>[0]) => {
    shadow.observe(answer);
  };
  const service = new ClassifyService(pool, metrics, { ...SETTINGS, ...settings }, share > 0 ? { onAnswer } : {});
  const error = new EngineError("single-pass", new Error("down"));
  if (fails) engine("single-pass").before = () => Promise.reject(error);
  const request = ClassifyRequest.parse({ text: "wake me at nine am on friday" });
  const ask = () => {
    engine("single-pass").calls.length = 0; // the fakes remember their calls
    return service.classify(request, { id: "r", startedAt: performance.now(), signal });
  };
  return { name, ask, us: [] };
}

const variants = [
  await variant("neither breaker nor shadow", { breakerFailures: 0 }),
  await variant("breaker", {}),
  await variant("breaker, shadow of 5 %", {}, { share: 0.05 }),
  await variant("breaker, shadow of 100 %", {}, { share: 1 }),
  await variant("engine fails, fallback answers", { breakerFailures: 0 }, { fails: true }),
  await variant(
    "breaker is open, fallback answers",
    { breakerFailures: 1, breakerResetMs: 3_600_000 },
    { fails: true },
  ),
];

for (let round = -2; round < ROUNDS; round++) {
  for (const { ask, us } of variants) {
    const before = process.cpuUsage();
    for (let i = 0; i < REQUESTS; i++) {
      await ask();
      await new Promise(setImmediate); // as between requests: a shadow gets its turn
    }
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) us.push((user + system) / REQUESTS);
  }
}

const round = (value: number) => Math.round(value * 10) / 10;
const rows = variants.map(({ name, us }) => ({
  name,
  us: round(quantileOf(us, 0.5)),
  // Block by block against the first variant.
  added_us: round(
    quantileOf(
      us.map((value, i) => value - variants[0]!.us[i]!),
      0.5,
    ),
  ),
}));
const cpu = cpus()[0]?.model ?? "";
console.log(
  `µs of processor time a request, median of ${ROUNDS} blocks of ${REQUESTS} · ${cpu}, Node ${process.version}`,
);
console.table(rows);
if (values.json !== undefined) {
  const environment = { cpu, cores: availableParallelism(), node: process.version };
  writeFileSync(values.json, `${JSON.stringify({ environment, rounds: ROUNDS, requests: REQUESTS, rows }, null, 2)}\n`);
}
