import { vi } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import { ClassifyRequest } from "../../src/classify/request.js";
import { ClassifyService, type ServiceSettings } from "../../src/classify/service.js";
import { EngineError } from "../../src/errors.js";
import { fakeBundle, fakePool, SETTINGS, TASKS } from "./fakes.js";

export const ALL = [fakeBundle("single-pass"), fakeBundle("dual-encoder"), fakeBundle("joint-encoder")] as const;
export const WRITING = fakeBundle("single-pass that writes", { name: "writing" });
export const GENERATING = fakeBundle("generate");

/** Of the labels one that stands for none of the others. */
export const REJECTING = {
  ...TASKS,
  intent: { labels: ["alarm_set", "play_music", "oos"], temperature: 1, reject: "oos", oos_threshold: 0.5 },
};
export const ONE_TASK = { intent: { labels: ["a"], temperature: 1 } };

/** A service over a pool of fake engines. */
export async function fakeService(
  bundles: readonly Bundle[] = ALL,
  options: Parameters<typeof fakePool>[1] = {},
  settings: Partial<ServiceSettings> = {},
) {
  const fake = await fakePool(bundles, options);
  const observer = { onAnswer: vi.fn(), onHiddenFailure: vi.fn(), onBreaker: vi.fn() };
  const service = new ClassifyService(fake.pool, fake.metrics, { ...SETTINGS, ...settings }, observer);
  const ask = (body: unknown, signal = new AbortController().signal) =>
    service.classify(ClassifyRequest.parse(body), { id: "r1", startedAt: performance.now(), signal });
  return { ...fake, service, ask, observer };
}

export const failure = () => Promise.reject(new EngineError("single-pass", new Error("out of memory")));
