import { z } from "zod";

const Interval = z.tuple([z.number(), z.number()]);

/** How many times as long the one takes as the other; `ci95` is that of `p50`. */
const Ratio = z.object({ p50: z.number(), p95: z.number(), ci95: Interval, p95_ci95: Interval });

/** Milliseconds. */
const Times = z.object({ count: z.int(), p50: z.number(), p95: z.number() });

/** What of `npm run loadtest -- --json FILE` the page is made of; `src/proof/loadtest/report.ts` writes it. */
export const LoadTest = z.object({
  mode: z.string(),
  partial: z.literal(true).optional(),
  failure: z.string().optional(),
  options: z.object({ tasks: z.array(z.string()), texts: z.string() }),
  environment: z.object({ node: z.string(), platform: z.string(), cpu: z.string(), cores: z.int() }),
  warnings: z.array(z.string()),
  left_out: z.array(z.object({ label: z.string(), reason: z.string() })),
  /** By `LABEL/LABEL`. */
  ratios: z.record(
    z.string(),
    Ratio.extend({
      http: Ratio,
      /** The label that was compared with: of two ways to run the same models, the faster one. */
      against: z.string(),
    }),
  ),
  targets: z.array(
    z.object({
      label: z.string(),
      model: z.string(),
      /** By set of texts, the one that the ratios are about first. */
      one_client: z.array(
        z.object({
          set: z.string(),
          http: Times,
          inference: Times,
          tokens: z.object({ prompt: z.number(), cached: z.number(), generated: z.number() }),
        }),
      ),
    }),
  ),
});

export type LoadTest = z.infer<typeof LoadTest>;
