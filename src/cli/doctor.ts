import type { Diagnosis } from "../doctor/diagnose.js";
import { defineCommand, EXIT } from "./command.js";

const MARK = { ok: "ok  ", warn: "warn", bad: "BAD " } as const;

export const doctor = defineCommand({
  name: "doctor",
  summary: "Looks at Node, CPU, memory, GPU, settings, port and bundles: what is wrong, and how to mend it.",
  failure: "something keeps the server from starting or answering",
  define: (command) => command.option("--json", "print what was found as JSON", false),
  read: (given) => given,
  async run({ json }, { env, stdout }) {
    const { gatherFacts } = await import("../doctor/facts.js");
    const { diagnose } = await import("../doctor/diagnose.js");
    const diagnoses = diagnose(await gatherFacts(env));
    stdout.write(json ? `${JSON.stringify({ diagnoses }, null, 2)}\n` : diagnoses.map(line).join(""));
    return diagnoses.some(({ state }) => state === "bad") ? EXIT.failed : EXIT.done;
  },
});

function line({ what, state, found, advice }: Diagnosis): string {
  const told = `${MARK[state]}  ${what}: ${found.replaceAll("\n", "\n        ")}\n`;
  return advice === undefined ? told : `${told}        -> ${advice}\n`;
}
