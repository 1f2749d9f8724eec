import { TINY, type Options } from "../proof/fleet/options.js";
import { defineCommand, EXIT } from "./command.js";
import { seconds, text, whole } from "./values.js";

export const proxyCheck = defineCommand({
  name: "proxy-check",
  summary: "Tries deploy/haproxy/haproxy.cfg: kills and restarts servers behind HAProxy under load.",
  description:
    "Starts three servers of this machine and HAProxy, which must be installed, in front of them; then one server is killed, " +
    "then all are restarted in turn. No request may fail. Some three minutes with 20 restarts.",
  examples: ["proxy-check", "proxy-check --restarts 3 --json proxy.json"],
  failure: "a request failed",
  audience: "developers",
  define: (command) =>
    command
      .option("--restarts <n>", "by SIGTERM, one server after the other, after the rolling restart", whole(1, 1000), 20)
      .option("--calm-seconds <s>", "of load between the faults; by default 5", seconds(0.1, 600))
      .option("--clients <n>", "that ask one thing after the other", whole(1, 64), 4)
      .option("--pause-ms <n>", "between a client's requests", whole(1, 10_000), 20)
      .option("--models-dir <dir>", "folder of the bundle; by default the tests' own", text)
      .option("--model <name>", "the bundle that answers; by default a tiny one of random weights", text)
      .option("--json <file>", "write the figures there"),
  read({ calmSeconds = 5_000, modelsDir = TINY.modelsDir, model = TINY.model, ...given }): Options {
    return { ...given, modelsDir, model, calmMs: calmSeconds };
  },
  async run(options, io) {
    const { proxyCheck } = await import("../proof/fleet/command.js");
    return (await proxyCheck(options, io)) ? EXIT.done : EXIT.failed;
  },
});
