import { pino } from "pino";
import { expect, test } from "vitest";
import { KeptTexts, textLog } from "../../src/logging/texts.js";

/** What a log writes of three requests; random: what the dice say of each. */
function linesOf(share: number, random: readonly number[]) {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const dice = [...random];
  const log = textLog(new KeptTexts(share, () => dice.shift()!), logger);
  for (const id of ["a", "b", "c"]) {
    log({ id, model: "m@1.0.0", texts: ["hi", "mail me@example.org"], intents: ["greet", null] });
  }
  return lines;
}

test("no text is kept unless a share of the requests is asked for", () => {
  expect(linesOf(0, [0, 0, 0])).toEqual([]);
});

test("the texts of the sample are written, redacted, in lines of their own", () => {
  expect(linesOf(0.5, [0.7, 0.2, 0.5])).toEqual([
    expect.objectContaining({
      msg: "texts",
      request_id: "b",
      model: "m@1.0.0",
      texts: ["hi", "mail [email]"],
      intents: ["greet", null],
    }),
  ]);
});

test("a long text is cut after it was redacted", () => {
  const [kept] = new KeptTexts(1).keep([`${"x".repeat(996)} 123456789`])!;
  expect(kept).toBe(`${"x".repeat(996)} [nu`);
});
