import { setTimeout as sleep } from "node:timers/promises";
import type { Fleet } from "./fleet.js";
import { FLEET_SIZE, type Proxy } from "./haproxy.js";
import type { CheckPlan } from "./options.js";
import type { SteadyLoad, Tally } from "./steady-load.js";

/** One thing that happened to the fleet, and what became of the requests meanwhile. */
export interface Phase extends Tally {
  readonly what: string;
  readonly seconds: number;
}

/** Runs the faults under a load that goes on. Returns their phases; rejects when the fleet can't be brought back. */
export async function checkFleet(
  fleet: Fleet,
  proxy: Proxy,
  load: SteadyLoad,
  { restarts, calmMs }: CheckPlan,
  progress: (message: string) => void,
): Promise<Phase[]> {
  const phases: Phase[] = [];
  const phase = async (what: string, happen: () => Promise<void>) => {
    const startedAt = performance.now();
    await happen();
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    const tally = load.look();
    phases.push({ what, seconds, ...tally });
    progress(`${what}: ${tally.answered} answered, ${tally.failed} failed, ${seconds} s`);
  };
  const calm = () => sleep(calmMs);
  const restart = async (i: number) => {
    await fleet.end(i);
    await fleet.start(i);
    await proxy.untilUp(i);
  };

  await phase("calm", calm);
  await phase("one server killed", async () => {
    await fleet.kill(0);
    await calm();
    await proxy.untilDown(0);
  });
  await phase("and started again", async () => {
    await fleet.start(0);
    await proxy.untilUp(0);
    await calm();
  });
  await phase("rolling restart", async () => {
    for (let i = 0; i < FLEET_SIZE; i++) await restart(i);
    await calm();
  });
  await phase(`${restarts} restarts by SIGTERM`, async () => {
    for (let n = 0; n < restarts; n++) {
      await restart(n % FLEET_SIZE);
      progress(`restart ${n + 1} of ${restarts}`);
    }
    await calm();
  });
  return phases;
}
