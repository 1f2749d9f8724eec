import { duration } from "../pure/format.js";
import type { LiveLoad } from "../state/use-load.js";

/** The server's last minute. live: null where its metrics can't be read from here. */
export function Live({ live }: { readonly live: LiveLoad | null | undefined }) {
  return (
    <section class="card live" aria-label="Live">
      <h2>
        Live <small>last minute</small>
      </h2>
      {live === null && (
        <p class="note">The metrics of this server are kept elsewhere, or need a key of scope metrics.</p>
      )}
      {live && <Figures {...live} />}
    </section>
  );
}

function Figures({ load, rates }: LiveLoad) {
  const ms = (value: number | undefined) => (value === undefined ? "–" : duration(value));
  return (
    <>
      <dl class="figures">
        <div>
          <dt>p50</dt>
          <dd>{ms(load.p50)}</dd>
        </div>
        <div>
          <dt>p95</dt>
          <dd>{ms(load.p95)}</dd>
        </div>
        <div>
          <dt>requests/s</dt>
          <dd>{load.perSecond.toFixed(load.perSecond < 10 ? 1 : 0)}</dd>
        </div>
        <div>
          <dt>busy cores</dt>
          <dd>{load.cores.toFixed(2)}</dd>
        </div>
        <div>
          <dt>in flight</dt>
          {/* The page's own question for the metrics is one of them. */}
          <dd>{Math.max(0, load.inFlight - 1)}</dd>
        </div>
        {load.waiting !== undefined && (
          <div>
            <dt>in the queue</dt>
            <dd>{load.waiting}</dd>
          </div>
        )}
        {load.refusedPerSecond > 0 && (
          <div>
            <dt>refused/s</dt>
            <dd>{load.refusedPerSecond.toFixed(1)}</dd>
          </div>
        )}
      </dl>
      <Rates rates={rates} />
    </>
  );
}

const BARS = 30;

function Rates({ rates }: { readonly rates: readonly number[] }) {
  const highest = Math.max(1, ...rates);
  const shown = rates.slice(-BARS);
  return (
    <svg class="rates" viewBox={`0 0 ${BARS * 4} 24`} preserveAspectRatio="none" aria-hidden="true">
      {shown.map((rate, i) => {
        const height = Math.max(0.75, (rate / highest) * 24);
        const x = (BARS - shown.length + i) * 4;
        return <rect key={x} x={x} y={24 - height} width={3} height={height} class={rate > 0 ? "some" : ""} />;
      })}
    </svg>
  );
}
