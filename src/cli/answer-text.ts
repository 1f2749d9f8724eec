import type { ClassifyAnswer, CompareAnswer, TextAnswer } from "../classify/answer.js";

const percent = (confidence: number): string => `${(100 * confidence).toFixed(1)} %`;

/** An answer for a person: a line a task. */
export function answerText(answer: TextAnswer): string {
  const { text, intent, out_of_scope_score: outOfScope, slots, topic, truncated } = answer;
  const lines = [text];
  if (intent) lines.push(`  intent  ${intent.name} ${percent(intent.confidence)}`);
  if (intent === null)
    lines.push(`  intent  none: out of scope${outOfScope === undefined ? "" : ` ${percent(outOfScope)}`}`);
  if (slots) {
    const told = slots.map(({ name, value, confidence }) => `${name} "${value}" ${percent(confidence)}`);
    lines.push(`  slots   ${told.join(", ") || "none"}`);
  }
  if (topic) lines.push(`  topic   ${topic.name} ${percent(topic.confidence)} (${topic.group})`);
  if (truncated) lines.push(`  read    ${truncated.read_tokens} of ${truncated.total_tokens} tokens`);
  return lines.join("\n");
}

/** Who has answered, in how long. */
export function byWhom({ model, engine, timing_ms }: Pick<ClassifyAnswer, "model" | "engine" | "timing_ms">): string {
  return `  (${model}, ${engine}, ${timing_ms.inference.toFixed(1)} ms of inference)`;
}

/** Every engine's answer below the text. */
export function comparisonText(text: string, { results }: CompareAnswer): string {
  const told = results.map(({ model, engine, answer, error }) => {
    const head = `${engine} on ${model}`;
    if (!answer) return `${head}\n  ${error?.code ?? "error"}: ${error?.message ?? ""}`;
    const { prompt_tokens: read, generated_tokens: wrote } = answer.usage;
    const [, ...lines] = answerText(answer).split("\n");
    return `${head}: ${answer.timing_ms.inference.toFixed(1)} ms, ${read} tokens read, ${wrote} written\n${lines.join("\n")}`;
  });
  return [text, ...told].join("\n\n");
}
