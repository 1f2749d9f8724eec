import { ENGINE_NAMES } from "../engines/engine.js";
import type { Percentiles } from "../proof/loadtest/latency.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { defineCommand, EXIT } from "./command.js";
import { address, listOf, oneOf, text, whole } from "./values.js";

const TASKS: TaskName[] = [...TASK_NAMES];

export const latency = defineCommand({
  name: "latency",
  summary: "How long a running server takes to answer one text at a time, over HTTP.",
  description:
    "Milliseconds: `http` as the client sees it, `inference` of the model, `server` what the server takes besides. `onepass loadtest` measures " +
    "under load, and compares.",
  audience: "developers",
  failure: "the server failed",
  define: (command) =>
    command
      .option("--url <url>", "the server", address, "http://127.0.0.1:8080")
      .option("--engine <name>", ENGINE_NAMES.join(" | "), oneOf(ENGINE_NAMES))
      .option("--model <name>", "a model that has this engine")
      .option("--text <text>", "what is asked", text, "wake me up at nine am on friday")
      .option("--tasks <list>", `of ${TASK_NAMES.join(",")}`, listOf(oneOf(TASK_NAMES)), TASKS)
      .option("--requests <n>", "how many", whole(1, 1_000_000), 500)
      .option("--json", "print JSON", false),
  read: (given) => given,
  async run({ json, url, requests, ...asked }, io) {
    const { Remote } = await import("./remote.js");
    const { measureLatency } = await import("../proof/loadtest/latency.js");
    const { table } = await import("./table.js");
    const remote = new Remote(url, io.env.ONEPASS_KEY, io.stop);
    const { model, promptTokens, columns } = await measureLatency(
      (request) => remote.classify(request),
      asked,
      requests,
    );
    if (json) {
      io.stdout.write(`${JSON.stringify({ model, prompt_tokens: promptTokens, requests, ms: columns })}\n`);
      return EXIT.done;
    }
    io.stdout.write(`${model}, ${promptTokens} prompt tokens, ${requests} requests\n`);
    const rows = Object.entries(columns).map(([name, { min, p50, p95, p99 }]: [string, Percentiles]) => [
      name,
      ...[min, p50, p95, p99].map((ms) => ms.toFixed(2)),
    ]);
    io.stdout.write(table(["ms", "min", "p50", "p95", "p99"], rows));
    return EXIT.done;
  },
});
