import { serverShare, type Sample } from "./answer.js";
import type { Accuracy } from "./accuracy.js";
import type { Block } from "./block.js";
import { curveOf, summarise, type Summary } from "./histogram.js";
import type { WarmUp } from "./run.js";
import { capacityOf, mean, throughputs } from "./statistics.js";
import type { Target } from "./targets.js";

/** Mean milliseconds of one request, stage after stage; they add up to what the client waits. */
export interface Split {
  readonly tokenize: number;
  readonly queue: number;
  readonly inference: number;
  readonly decode: number;
  /** Whatever else the server does. */
  readonly server: number;
  /** From the client's side: connection, HTTP, the client itself. */
  readonly http: number;
}

/** In the order of a request. */
export function stages({ tokenize, queue, inference, decode, server, http }: Split): number[] {
  return [tokenize, queue, inference, decode, server, http];
}

/** Mean tokens of one request. */
export interface Usage {
  readonly prompt: number;
  readonly cached: number;
  readonly generated: number;
}

/** Answers to one client. */
export interface OneClient {
  readonly set: string;
  readonly http: Summary;
  readonly inference: Summary;
  readonly server: Summary;
  /** Of HTTP latency: (percentile, milliseconds). */
  readonly curve: readonly (readonly [number, number])[];
  readonly split_ms: Split;
  readonly tokens: Usage;
}

export interface ClientsPoint {
  readonly clients: number;
  readonly per_second: number;
  readonly http?: Summary;
}

export interface LoadPoint {
  readonly percent: number;
  readonly offered_per_second: number;
  readonly per_second: number;
  /** From the time that was planned; a request that was given up counts with the time that it had been waited for. */
  readonly http?: Summary;
  /** How much later than planned requests were sent. */
  readonly send_lag?: Summary;
  readonly sent: number;
  readonly failed: number;
  readonly unfinished: number;
}

export interface TargetReport extends Target {
  readonly warm_up: { readonly requests: number; readonly first_ms: number; readonly answer_ms: number };
  /** The headline texts first. */
  readonly one_client: readonly OneClient[];
  readonly clients: readonly ClientsPoint[];
  readonly loads: readonly LoadPoint[];
  readonly capacity?: {
    readonly clients: number;
    readonly per_second: number;
    readonly tokens_per_second: { readonly prompt: number; readonly generated: number };
  };
  /** Throughput of two clients over that of one. */
  readonly two_over_one?: number;
  /** total − queue − inference. */
  readonly server_share?: { readonly at: string; readonly p50: number; readonly p99: number };
  /** Most requests a second of the open loop whose p99 stays within `P99_MS`. */
  readonly per_second_within_p99?: number;
  readonly accuracy?: Accuracy;
}

export const P99_MS = 20;
const SHARE_AT = 50; // per cent of the capacity

const meanOf = (samples: readonly Sample[], value: (sample: Sample) => number): number => mean(samples.map(value));

function splitOf(samples: readonly Sample[]): Split {
  const of = (value: (sample: Sample) => number) => Math.round(1000 * meanOf(samples, value)) / 1000;
  return {
    tokenize: of(({ tokenize }) => tokenize),
    queue: of(({ queue }) => queue),
    inference: of(({ inference }) => inference),
    decode: of(({ decode }) => decode),
    server: of((sample) => serverShare(sample) - sample.tokenize - sample.decode),
    http: of(({ http, total }) => http - total),
  };
}

function usageOf(samples: readonly Sample[]): Usage {
  const of = (value: (sample: Sample) => number) => Math.round(100 * meanOf(samples, value)) / 100;
  return {
    prompt: of(({ promptTokens }) => promptTokens),
    cached: of(({ cachedTokens }) => cachedTokens),
    generated: of(({ generatedTokens }) => generatedTokens),
  };
}

const samplesOf = (blocks: readonly Block[]): Sample[] => blocks.flatMap(({ loop }) => loop.samples);

function oneClient(blocks: readonly Block[], set: string): OneClient[] {
  const samples = samplesOf(
    blocks.filter(({ set: own, load }) => own === set && load.kind === "closed" && load.clients === 1),
  );
  const http = summarise(samples.map((sample) => sample.http));
  const inference = summarise(samples.map((sample) => sample.inference));
  const server = summarise(samples.map(serverShare));
  if (!http || !inference || !server) return [];
  return [{ set, http, inference, server, curve: curveOf(http), split_ms: splitOf(samples), tokens: usageOf(samples) }];
}

function loadPoint(blocks: readonly Block[], percent: number): LoadPoint[] {
  const own = blocks.filter(({ load }) => load.kind === "open" && load.percent === percent);
  if (own.length === 0) return [];
  const loops = own.map(({ loop }) => loop);
  const http = summarise([
    ...samplesOf(own).map((sample) => sample.http),
    ...loops.flatMap(({ unfinished }) => unfinished),
  ]);
  const lag = summarise(loops.flatMap(({ lags }) => lags));
  return [
    {
      percent,
      offered_per_second: mean(own.map(({ load }) => (load.kind === "open" ? load.perSecond : NaN))),
      per_second: mean(loops.map(({ rate }) => rate)),
      ...(http && { http }),
      ...(lag && { send_lag: lag }),
      sent: loops.reduce((sum, { lags }) => sum + lags.length, 0),
      failed: loops.reduce((sum, { failed }) => sum + failed, 0),
      unfinished: loops.reduce((sum, { unfinished }) => sum + unfinished.length, 0),
    },
  ];
}

/** At half load, or with one client where no load was measured. */
function shareOf(blocks: readonly Block[], set: string): TargetReport["server_share"] {
  const half = blocks.filter(({ load }) => load.kind === "open" && load.percent === SHARE_AT);
  const alone = blocks.filter((block) => block.load.kind === "closed" && block.load.clients === 1 && block.set === set);
  const [at, from] = half.length > 0 ? [`${SHARE_AT} % load`, half] : ["1 client", alone];
  const share = summarise(samplesOf(from).map(serverShare));
  return share && { at, p50: share.p50, p99: share.p99 };
}

/** Everything about one target. `all`: blocks of every target; sets: the headline first */
export function reportTarget(
  { target, requests, firstMs, answerMs }: WarmUp,
  all: readonly Block[],
  sets: readonly string[],
  accuracy: Accuracy | undefined,
): TargetReport {
  const blocks = all.filter(({ target: { label } }) => label === target.label);
  const [headline = ""] = sets;
  const with_ = (clients: number) =>
    samplesOf(blocks.filter(({ set, load }) => set === headline && load.kind === "closed" && load.clients === clients));
  const rates = throughputs(blocks, target, headline);
  const clients = rates.map(({ clients: count, perSecond }) => {
    const http = summarise(with_(count).map((sample) => sample.http));
    return { clients: count, per_second: perSecond, ...(http && { http }) };
  });
  const percents = new Set(blocks.flatMap(({ load }) => (load.kind === "open" ? [load.percent] : [])));
  const loads = [...percents].sort((a, b) => a - b).flatMap((percent) => loadPoint(blocks, percent));
  const capacity = capacityOf(blocks, target, headline);
  const tokens = capacity && usageOf(with_(capacity.clients));
  const [one, two] = [1, 2].map((count) => rates.find((rate) => rate.clients === count)?.perSecond);
  const share = shareOf(blocks, headline);
  const within = loads.filter(
    ({ http, failed, unfinished }) => http && http.p99 <= P99_MS && failed + unfinished === 0,
  );
  return {
    ...target,
    warm_up: { requests, first_ms: firstMs, answer_ms: answerMs },
    one_client: sets.flatMap((set) => oneClient(blocks, set)),
    clients,
    loads,
    ...(capacity &&
      tokens && {
        capacity: {
          clients: capacity.clients,
          per_second: capacity.perSecond,
          tokens_per_second: {
            prompt: tokens.prompt * capacity.perSecond,
            generated: tokens.generated * capacity.perSecond,
          },
        },
      }),
    ...(one !== undefined && two !== undefined && one > 0 && { two_over_one: two / one }),
    ...(share && { server_share: share }),
    ...(within.length > 0 && { per_second_within_p99: Math.max(...within.map(({ per_second }) => per_second)) }),
    ...(accuracy && { accuracy }),
  };
}
