import type { BatchAnswer, ClassifyAnswer } from "../../classify/answer.js";
import { quantileOf } from "../../statistics/quantile.js";

const WARM_UP = 30;

export interface Percentiles {
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Latency {
  readonly model: string;
  readonly promptTokens: number;
  readonly columns: Readonly<Record<"http" | "inference" | "server", Percentiles>>;
}

type Ask = (request: Readonly<Record<string, unknown>>) => Promise<ClassifyAnswer | BatchAnswer>;

/** Asks one request after the other. */
export async function measureLatency(ask: Ask, request: Parameters<Ask>[0], requests: number): Promise<Latency> {
  const samples: { http: number; inference: number; server: number }[] = [];
  let answer: ClassifyAnswer | BatchAnswer | undefined;
  for (let i = -WARM_UP; i < requests; i++) {
    const startedAt = performance.now();
    answer = await ask(request);
    const http = performance.now() - startedAt;
    const { inference, total } = answer.timing_ms;
    if (i >= 0) samples.push({ http, inference, server: total - inference });
  }
  const of = (column: "http" | "inference" | "server"): Percentiles => {
    const values = samples.map((sample) => sample[column]);
    const at = (share: number) => quantileOf(values, share);
    return { min: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  };
  return {
    model: answer?.model ?? "",
    promptTokens: answer?.usage.prompt_tokens ?? 0,
    columns: { http: of("http"), inference: of("inference"), server: of("server") },
  };
}
