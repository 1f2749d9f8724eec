import { Counter, Gauge, type Registry } from "prom-client";

/** The answer cache: texts that were looked for in it, and what it holds. */
export class CacheMetrics {
  readonly #lookups: Counter<"result">;
  readonly #evictions: Counter;
  #bytes: () => number = () => 0;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#lookups = new Counter({
      name: "onepass_cache_lookups_total",
      help: "Texts that were looked for in the answer cache, by whether they were there (hit) or not (miss).",
      labelNames: ["result"],
      registers,
    });
    this.#evictions = new Counter({
      name: "onepass_cache_evictions_total",
      help: "Answers that had to make room in the cache.",
      registers,
    });
    const bytes = () => this.#bytes();
    new Gauge({
      name: "onepass_cache_bytes",
      help: "Bytes of the answers in the cache.",
      registers,
      collect() {
        this.set(bytes());
      },
    });
  }

  watch(bytes: () => number): void {
    this.#bytes = bytes;
  }

  readonly hit = (): void => {
    this.#lookups.inc({ result: "hit" });
  };

  readonly miss = (): void => {
    this.#lookups.inc({ result: "miss" });
  };

  readonly evicted = (): void => {
    this.#evictions.inc();
  };
}
