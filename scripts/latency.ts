/**
 * How long a running server takes to answer one text at a time, over HTTP.
 *
 *     npm run latency -- --url http://127.0.0.1:8080 --engine single-pass --requests 500
 *
 * Prints milliseconds: `http` as the client sees it, `inference` of the model, `server` = total − inference.
 */
import { parseArgs } from "node:util";
import { z } from "zod";
import { ClassifyAnswer } from "../src/classify/answer.js";

const WARM_UP = 30;

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8080" },
    engine: { type: "string" },
    model: { type: "string" },
    text: { type: "string", default: "wake me up at nine am on friday" },
    tasks: { type: "string", default: "intent,slots,topic" },
    requests: { type: "string", default: "500" },
  },
});

const requests = z.coerce.number().int().min(1).parse(values.requests);
const body = JSON.stringify({
  text: values.text,
  tasks: values.tasks.split(","),
  engine: values.engine,
  model: values.model,
});

async function ask() {
  const startedAt = performance.now();
  const response = await fetch(`${values.url}/classify`, { method: "POST", body });
  const answer = await response.text();
  const http = performance.now() - startedAt;
  if (!response.ok) throw new Error(answer);
  const { timing_ms, usage, model } = ClassifyAnswer.parse(JSON.parse(answer));
  return { http, inference: timing_ms.inference, server: timing_ms.total - timing_ms.inference, usage, model };
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

for (let i = 0; i < WARM_UP; i++) await ask();
const samples: Awaited<ReturnType<typeof ask>>[] = [];
for (let i = 0; i < requests; i++) samples.push(await ask());

console.log(`${samples[0]?.model}, ${samples[0]?.usage.prompt_tokens} prompt tokens, ${requests} requests`);
const columns = ["http", "inference", "server"] as const;
console.table(
  Object.fromEntries(
    columns.map((column) => {
      const sorted = samples.map((sample) => sample[column]).sort((a, b) => a - b);
      const at = (share: number) => Number(percentile(sorted, share).toFixed(2));
      return [column, { min: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99) }];
    }),
  ),
);
