import { ENGINE_NAMES } from "../engines/engine.js";
import type { Options } from "../proof/profile/options.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { defineCommand, EXIT } from "./command.js";
import { listOf, oneOf, text, whole } from "./values.js";

const USUAL_TASKS: TaskName[] = ["intent", "slots"];

export const profile = defineCommand({
  name: "profile",
  summary: "Shows where the time of the server's own code goes, as a flame graph.",
  description:
    "docs/latency.md says how to read it. A server is started for it, with the ONEPASS_* settings of the environment, and " +
    "stopped again. Its models run in its own process, unless ONEPASS_WORKERS says otherwise, so that their code is seen, too; " +
    "`onepass hop` measures what the way to a worker adds.",
  audience: "developers",
  failure: "the server failed",
  define: (command) =>
    command
      .option("--engine <name>", ENGINE_NAMES.join(" | "), oneOf(ENGINE_NAMES), "single-pass")
      .option("--model <name>", "a model that has this engine; by default the first one")
      .option("--seconds <n>", "how long to ask and to measure", whole(1, 600), 10)
      .option("--clients <n>", "how many ask at the same time, each one text after the other", whole(1, 256), 1)
      .option("--text <text>", "what they ask", text, "wake me up at nine am on friday")
      .option("--tasks <list>", `of ${TASK_NAMES.join(",")}`, listOf(oneOf(TASK_NAMES)), USUAL_TASKS)
      .option("--out <file>", "the page to write", text, "profile.html"),
  read: (given): Options => given,
  async run(options, { env, stdout }) {
    const run = await import("../proof/profile/run.js");
    stdout.write(`${await run.profile(options, env)}\nWritten: ${options.out}\n`);
    return EXIT.done;
  },
});
