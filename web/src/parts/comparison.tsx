import type { CompareAnswer } from "../types.js";
import { duration, percent } from "../pure/format.js";
import { tokensOf } from "./answer.js";
import { TimeBar } from "./timing.js";

type Result = CompareAnswer["results"][number];

/** The engines' answers below each other, with bars of their times on one scale. */
export function Comparison({ results }: CompareAnswer) {
  const totals = results.flatMap(({ answer }) => (answer ? [answer.timing_ms.total] : []));
  const longest = Math.max(...totals);
  return (
    <ul class="comparison" aria-label="Engines side by side">
      {results.map((result) => (
        <li key={result.model + result.engine}>
          <p class="by">
            <b>{result.engine}</b> <span>{result.model}</span>
          </p>
          {result.answer ? (
            <Compared answer={result.answer} longest={longest} />
          ) : (
            <p class="note">
              {result.error?.message} <code>{result.error?.code}</code>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function Compared({ answer, longest }: { readonly answer: NonNullable<Result["answer"]>; readonly longest: number }) {
  const { intent, slots, topic, usage, timing_ms } = answer;
  return (
    <>
      <dl class="found">
        {intent !== undefined && (
          <div>
            <dt>Intent</dt>
            <dd>
              {intent ? (
                <>
                  <b>{intent.name}</b> <span class="figure">{percent(intent.confidence)}</span>
                </>
              ) : (
                <b>out of scope</b>
              )}
            </dd>
          </div>
        )}
        {slots && (
          <div>
            <dt>Slots</dt>
            <dd>
              {slots.length === 0 && "none"}
              {slots.map(({ name, value, start }) => (
                <span key={start} class="chip">
                  <bdi>{value}</bdi> <span class="tag">{name}</span>
                </span>
              ))}
            </dd>
          </div>
        )}
        {topic && (
          <div>
            <dt>Topic</dt>
            <dd>
              <b>{topic.name}</b> <span class="figure">{percent(topic.confidence)}</span>
            </dd>
          </div>
        )}
      </dl>
      <p class="took">
        <TimeBar timing={timing_ms} longest={longest} />
        <span class="figure">
          <b>{duration(timing_ms.total)}</b> · {tokensOf(usage)}
        </span>
      </p>
    </>
  );
}
