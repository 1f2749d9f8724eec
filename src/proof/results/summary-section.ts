import type { LoadTest } from "./loadtest.js";
import { verdict, type Comparisons, type Verdict } from "./scores.js";
import { HEADINGS, SYSTEMS } from "./systems.js";
import { between, points, ratio } from "./tables.js";

/** A finding about the consolidated decoder, told from its side. */
interface Finding {
  readonly standing: "loses" | "wins" | "open";
  readonly sentence: string;
}

const kindOf = (label: string): string | undefined => SYSTEMS.find((system) => system.label === label)?.kind;

/** The consolidated decoder against whatever is not that. */
const isClaim = (one: string, other: string): boolean =>
  kindOf(one) === "consolidated" && kindOf(other) !== "consolidated";

const STANDINGS = { score: { below: "loses", above: "wins" }, time: { below: "wins", above: "loses" } } as const;

const standing = (what: "score" | "time", side: Verdict): Finding["standing"] =>
  side === "open" ? "open" : STANDINGS[what][side];

function scoreFindings({ pairs }: Comparisons): Finding[] {
  return pairs
    .filter(({ one, other }) => isClaim(one, other))
    .flatMap(({ one, other, differences }) =>
      (["loses", "wins", "open"] as const).flatMap((side) => {
        const own = differences.filter(([, { ci95 }]) => standing("score", verdict(ci95, 0)) === side);
        const scores = own.map(
          ([measure, { difference, ci95 }]) => `${HEADINGS[measure]} ${points(difference)} ${between(ci95, points)}`,
        );
        const sentence = `\`${one}\` against \`${other}\`: ${scores.join(", ")}`;
        return scores.length > 0 ? [{ standing: side, sentence }] : [];
      }),
    );
}

function timeFindings({ ratios }: LoadTest): Finding[] {
  return Object.entries(ratios).flatMap(([pair, { p50, ci95 }]) => {
    const [one = "", other = ""] = pair.split("/");
    const engine = other.split(":")[0] ?? "";
    if (!isClaim(one, engine)) return [];
    const sentence = `\`${one}\` takes ${ratio(p50)} times as long as \`${other}\` ${between(ci95, ratio)}, inference p50`;
    return [{ standing: standing("time", verdict(ci95, 1)), sentence }];
  });
}

/** Where the consolidated decoder loses, wins and can't be told apart, from the intervals and nothing else. */
export function summarySection(comparisons: Comparisons, loadTest: LoadTest | undefined): string {
  const findings = [...scoreFindings(comparisons), ...(loadTest ? timeFindings(loadTest) : [])];
  const list = (side: Finding["standing"]) =>
    findings.filter((finding) => finding.standing === side).map(({ sentence }) => `- ${sentence}`);
  const part = (title: string, side: Finding["standing"], none: string) =>
    `**${title}**\n\n${list(side).join("\n") || none}`;
  if (findings.length === 0)
    return "## In short\n\nNothing was measured yet of both the consolidated decoder and a rival.";
  return [
    "## In short",
    `The consolidated decoder (one model, one prompt for every task) against two prompts, two models and encoders. Points of per cent and
ratios of time with 95 % intervals; it wins or loses where the whole interval says so.`,
    part("Where it loses", "loses", "Nowhere in what was measured here."),
    part("Where it wins", "wins", "Nowhere in what was measured here."),
    part("Where these rows can't tell", "open", "Nowhere: every interval is on one side."),
  ].join("\n\n");
}
