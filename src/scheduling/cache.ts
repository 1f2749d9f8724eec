import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Bundle } from "../bundle/bundle.js";
import { EngineAround } from "../engines/around.js";
import type { Engine, ScoreRequest, Scores, WrittenAnswer } from "../engines/engine.js";
import type { TaskName } from "../tasks/task.js";

type Score = Scores | WrittenAnswer;

/** What an entry takes besides its numbers: key, object, place in the list. */
const ENTRY_BYTES = 512;
const LABEL_BYTES = 64; // of a label or slot that was written

/** Told of every text that was looked for, and of what had to make room. */
export interface CacheObserver {
  readonly hit: () => void;
  readonly miss: () => void;
  readonly evicted: () => void;
}

/**
 * Scores of texts that were read before, bounded in bytes: all engines share it, the least recently used go first. It holds no
 * text, only a digest of each.
 */
export class AnswerCache {
  readonly #scores: LRUCache<string, Score>;

  constructor(
    maxBytes: number,
    readonly observer: CacheObserver,
  ) {
    this.#scores = new LRUCache<string, Score>({
      maxSize: maxBytes,
      sizeCalculation: bytesOf,
      dispose: (_score, _key, reason) => {
        if (reason === "evict") observer.evicted();
      },
    });
  }

  /** As its entries are counted. */
  get bytes(): number {
    return this.#scores.calculatedSize;
  }

  get(key: string): Score | undefined {
    const score = this.#scores.get(key);
    if (score) this.observer.hit();
    else this.observer.miss();
    return score;
  }

  set(key: string, score: Score): void {
    this.#scores.set(key, score);
  }
}

/**
 * An engine that is asked only for what the cache does not have. What is done to scores afterwards (`top_k`, `offsets`,
 * `oos_threshold`) is no part of the key, so that such requests share an entry.
 */
export class CachedEngine extends EngineAround {
  readonly #model: string;

  constructor(
    inner: Engine,
    private readonly cache: AnswerCache,
  ) {
    super(inner);
    this.#model = `${modelDigest(inner.bundle)} ${inner.name}`;
  }

  async score(requests: readonly ScoreRequest[], tasks: readonly TaskName[], signal: AbortSignal): Promise<Score[]> {
    signal.throwIfAborted();
    const keys = requests.map((request) => this.#key(request, tasks));
    const known = keys.map((key) => this.cache.get(key));
    const unknown = requests.filter((_, i) => !known[i]);
    const scored = unknown.length === 0 ? [] : await this.inner.score(unknown, tasks, signal);
    let next = 0;
    return known.map((score, i) => {
      if (score) return fromCache(score);
      const fresh = scored[next++]!;
      this.cache.set(keys[i]!, fresh);
      return fresh;
    });
  }

  #key({ text, truncate }: ScoreRequest, tasks: readonly TaskName[]): string {
    const options = `${[...tasks].sort().join()} ${truncate ? "cut" : "whole"}`;
    return hash("sha256", `${this.#model} ${options} ${text.text}`, "base64");
  }
}

/** The manifest holds the SHA-256 of every file, and all else that changes an answer: prompts, labels, limits. */
function modelDigest({ manifest }: Bundle): string {
  return hash("sha256", JSON.stringify(manifest), "base64");
}

/** The same answer, and what it took this time: no wait, no run, no token that was written; every token from the cache. */
function fromCache(score: Score): Score {
  return {
    ...score,
    cached: true,
    cachedTokens: score.promptTokens,
    generatedTokens: 0,
    tokenizeMs: 0,
    queueMs: 0,
    inferenceMs: 0,
  };
}

function bytesOf(score: Score): number {
  if ("written" in score) {
    const { slots = [], topic = [] } = score.written;
    return ENTRY_BYTES + LABEL_BYTES * (1 + slots.length + topic.length);
  }
  const { intent, slots = [], topic = [] } = score;
  const rows = [...(intent ? [intent] : []), ...slots, ...topic.map(({ logits }) => logits)];
  return rows.reduce((sum, row) => sum + row.byteLength + LABEL_BYTES, ENTRY_BYTES);
}
