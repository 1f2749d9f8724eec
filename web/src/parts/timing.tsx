import type { ClassifyAnswer } from "../types.js";
import { duration } from "../pure/format.js";

type Timing = ClassifyAnswer["timing_ms"];
const STAGES = ["tokenize", "queue", "inference", "decode"] as const;

/** Where the time went, as one bar: the stages, and what was none of them. */
export function TimeBar({ timing, longest = timing.total }: { readonly timing: Timing; readonly longest?: number }) {
  const rest = Math.max(0, timing.total - STAGES.reduce((sum, stage) => sum + timing[stage], 0));
  const width = (ms: number) => ({ width: `${(ms / Math.max(longest, 1e-9)) * 100}%` });
  return (
    <span class="time" aria-hidden="true">
      {STAGES.map((stage) => (
        <span key={stage} class={stage} style={width(timing[stage])} />
      ))}
      <span class="rest" style={width(rest)} />
    </span>
  );
}

/** The bar with its legend. */
export function Timing({ timing }: { readonly timing: Timing }) {
  return (
    <div class="timing">
      <TimeBar timing={timing} />
      <dl>
        {STAGES.map((stage) => (
          <div key={stage}>
            <dt class={stage}>{stage}</dt>
            <dd>{duration(timing[stage])}</dd>
          </div>
        ))}
        <div>
          <dt>total</dt>
          <dd>{duration(timing.total)}</dd>
        </div>
      </dl>
    </div>
  );
}
