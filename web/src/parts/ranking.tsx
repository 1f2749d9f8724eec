import type { Guess } from "../types.js";
import { percent } from "../pure/format.js";
import { Bar } from "./bar.js";

interface RankingProps {
  readonly label: string;
  readonly guesses: readonly (Guess & { readonly group?: string })[];
}

/** Labels with their calibrated confidence, best first. A bar is as long as the confidence, not as the best one. */
export function Ranking({ label, guesses }: RankingProps) {
  return (
    <ol class="ranking" aria-label={label}>
      {guesses.map(({ name, confidence, group }, i) => (
        <li key={name}>
          <span class="name">
            <bdi>{name}</bdi>
            {group !== undefined && <span class="group">{group}</span>}
          </span>
          <Bar share={confidence} strong={i === 0} />
          <span class="figure">{percent(confidence)}</span>
        </li>
      ))}
    </ol>
  );
}
