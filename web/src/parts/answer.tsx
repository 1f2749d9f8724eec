import type { ClassifyAnswer, TextAnswer } from "../types.js";
import { percent, plural } from "../pure/format.js";
import type { OffsetUnit } from "../pure/segments.js";
import { Highlighted } from "./highlighted.js";
import { Ranking } from "./ranking.js";
import { Timing } from "./timing.js";

/** Everything that one engine says of a text. */
export function Answer({ answer, unit }: { readonly answer: ClassifyAnswer; readonly unit: OffsetUnit }) {
  const { text, slots, truncated, topic, topic_ranking, model, engine, fallback } = answer;
  return (
    <article class="answer" aria-label="Answer">
      <p class="by">
        <b>{engine}</b> of {model}
        {fallback && (
          <span class="badge">
            for {fallback.from}: {fallback.reason.replaceAll("_", " ")}
          </span>
        )}
        <span class="tokens">{tokensOf(answer.usage)}</span>
      </p>
      {slots && (
        <section aria-label="Slots in the text">
          <Highlighted text={text} slots={slots} unit={unit} />
        </section>
      )}
      <div class="columns">
        <Intent answer={answer} />
        {topic && (
          <section>
            <h3>Topic</h3>
            <p class="best">
              <bdi>{topic.name}</bdi> <span class="figure">{percent(topic.confidence)}</span>
            </p>
            <p class="note">
              Group <b>{topic.group}</b>
            </p>
            <Ranking label="Topics" guesses={topic_ranking ?? []} />
          </section>
        )}
      </div>
      {truncated && (
        <p class="note">
          Read the first {truncated.read_tokens} of {truncated.total_tokens} tokens.
        </p>
      )}
      <Timing timing={answer.timing_ms} />
    </article>
  );
}

/** `17 tokens read, 3 of them from the cache, none written` */
export function tokensOf({ prompt_tokens, cached_tokens, generated_tokens }: ClassifyAnswer["usage"]): string {
  const cached = cached_tokens > 0 ? `, ${cached_tokens} of them from a cache` : "";
  return `${plural(prompt_tokens, "token")} read${cached}, ${generated_tokens === 0 ? "none" : generated_tokens} written`;
}

function Intent({
  answer: { intent, intent_ranking, out_of_scope, out_of_scope_score },
}: {
  readonly answer: TextAnswer;
}) {
  if (intent === undefined) return null;
  return (
    <section>
      <h3>Intent</h3>
      {intent ? (
        <p class="best">
          <bdi>{intent.name}</bdi> <span class="figure">{percent(intent.confidence)}</span>
        </p>
      ) : (
        <p class="best">Out of scope</p>
      )}
      {out_of_scope !== undefined && (
        <p class="note">
          {out_of_scope ? "No intent explains this text" : "In scope"}; out-of-scope score{" "}
          <b>{(out_of_scope_score ?? 0).toFixed(3)}</b>
        </p>
      )}
      <Ranking label="Intents" guesses={intent_ranking ?? []} />
    </section>
  );
}

/** The answer in a sentence, for who does not see it come. */
export function spoken({ intent, slots, topic }: TextAnswer): string {
  const parts = [
    intent === null && "Out of scope.",
    intent && `Intent ${intent.name}, ${percent(intent.confidence)}.`,
    slots && (slots.length === 0 ? "No slots." : `Slots: ${slots.map((s) => `${s.name} ${s.value}`).join(", ")}.`),
    topic && `Topic ${topic.name}, ${percent(topic.confidence)}.`,
  ];
  return parts.filter(Boolean).join(" ");
}
