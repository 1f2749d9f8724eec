import { performance } from "node:perf_hooks";
import { Counter, type Registry } from "prom-client";

/** How busy the one thread is that everything but the models runs in. prom-client has its lag; what comes before the lag is this. */
export function measureEventLoop(registry: Registry): void {
  const before = { active: 0 };
  new Counter({
    name: "onepass_event_loop_active_seconds_total",
    help: "Time in which the event loop had something to do; at 1 a second it is saturated.",
    registers: [registry],
    collect() {
      const { active } = performance.eventLoopUtilization();
      this.inc(Math.max(0, active - before.active) / 1000);
      before.active = active;
    },
  });
}
