import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { ErrorCode } from "../errors.js";
import { SECONDS } from "./buckets.js";

/** Requests over HTTP, whatever they ask. */
export class RequestMetrics {
  readonly #duration: Histogram<"method" | "route" | "status">;
  readonly #inFlight: Gauge;
  readonly #errors: Counter<"code">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#duration = new Histogram({
      name: "onepass_request_duration_seconds",
      help: "Time from a request's arrival to the end of its answer.",
      labelNames: ["method", "route", "status"],
      buckets: SECONDS,
      registers,
    });
    this.#inFlight = new Gauge({
      name: "onepass_requests_in_flight",
      help: "Requests that wait for their answer.",
      registers,
    });
    this.#errors = new Counter({
      name: "onepass_errors_total",
      help: "Requests that were answered with an error.",
      labelNames: ["code"],
      registers,
    });
  }

  /** A request has arrived; the answer ends it. */
  started(): void {
    this.#inFlight.inc();
  }

  /** route: a route's pattern, never the path that was asked for. */
  ended(labels: { method: string; route: string; status: number }, seconds: number): void {
    this.#inFlight.dec();
    this.#duration.observe(labels, seconds);
  }

  /** A request was answered without having been read. */
  refused(labels: { method: string; route: string; status: number }, seconds: number): void {
    this.#duration.observe(labels, seconds);
  }

  failed(code: ErrorCode): void {
    this.#errors.inc({ code });
  }
}
