import { ENGINE_NAMES } from "../engines/engine.js";
import { TASK_NAMES } from "../tasks/task.js";
import { comparisonText } from "./answer-text.js";
import { openAnswerer, withServer } from "./answerer.js";
import { defineCommand, EXIT, UsageError } from "./command.js";
import { listOf, oneOf, text } from "./values.js";

export const compare = defineCommand({
  name: "compare",
  summary: "One text, answered by several engines side by side, with their times and tokens.",
  examples: [
    'compare "wake me up at nine on friday"',
    'compare --engines single-pass,dual-encoder:dual-en "play some jazz"',
  ],
  failure: "no engine answered, or the server failed",
  define: (command) =>
    withServer(command)
      .argument("<text>", "the text", text)
      .option("--engines <list>", "engine[:model],…; by default every engine of every model", listOf(engineOf))
      .option("--tasks <list>", `of ${TASK_NAMES.join(",")}; by default all of each model's`, listOf(oneOf(TASK_NAMES)))
      .option("--json", "print the API's answer", false),
  read: (given, asked) => ({ ...given, text: asked }),
  async run({ text: asked, engines, tasks, json, ...whom }, io) {
    await using answerer = await openAnswerer(whom, io);
    const answer = await answerer.compare({ text: asked, ...(engines && { engines }), ...(tasks && { tasks }) });
    io.stdout.write(json ? `${JSON.stringify(answer)}\n` : `${comparisonText(asked, answer)}\n`);
    return answer.results.some((result) => result.answer) ? EXIT.done : EXIT.failed;
  },
});

/** `dual-encoder:mine@1.0.0` as a request names it. */
function engineOf(named: string): { engine: string; model?: string } {
  const [name = "", ...rest] = named.split(":");
  const engine = oneOf(ENGINE_NAMES)(name);
  const model = rest.join(":");
  if (rest.length > 0 && model === "") throw new UsageError(`--engines: "${named}" has no model after the colon`);
  return { engine, ...(model !== "" && { model }) };
}
