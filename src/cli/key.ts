import { InvalidArgumentError } from "@commander-js/extra-typings";
import { addKey, keysJson } from "../access/add.js";
import { KeyName, makeKey, SCOPES } from "../access/keys.js";
import { defineCommand, EXIT } from "./command.js";
import { oneOf, repeated } from "./values.js";

export const key = defineCommand({
  name: "key",
  summary: "Makes an API key; it is shown once, and only its hash is kept.",
  description:
    "A running server reads its file of keys again within two seconds. To rotate a key make a second one of the same name, hand it " +
    "out, and delete the first entry.",
  examples: ["key --name app --scope classify --file keys.json", "key --name prometheus --scope metrics"],
  define: (command) =>
    command
      .requiredOption("--name <name>", "who holds it, as logs and metrics show it", name)
      .requiredOption(
        "--scope <scope>",
        `what it opens: ${SCOPES.join(" | ")}; may be repeated`,
        repeated(oneOf(SCOPES)),
      )
      .option(
        "--file <file>",
        "the file to add it to; by default the one of ONEPASS_KEYS_FILE; without either the entry is printed, to be pasted",
      )
      .option("--json", "print the key and its entry as one object", false),
  read: ({ scope, ...given }) => ({ ...given, scopes: [...new Set(scope)] }),
  run({ name, scopes, file, json }, { env, stdout, stderr }) {
    const { secret, entry } = makeKey(name, scopes);
    const target = file ?? (env.ONEPASS_KEYS_FILE === "" ? undefined : env.ONEPASS_KEYS_FILE);
    if (target !== undefined) addKey(target, entry);
    if (json) {
      stdout.write(`${JSON.stringify({ key: secret, entry, ...(target !== undefined && { file: target }) })}\n`);
      return Promise.resolve(EXIT.done);
    }
    if (target === undefined) stdout.write(keysJson([entry]));
    stderr.write(target === undefined ? "The key, shown once:\n" : `Added to ${target}. The key, shown once:\n`);
    stdout.write(`${secret}\n`);
    return Promise.resolve(EXIT.done);
  },
});

function name(value: string): string {
  const parsed = KeyName.safeParse(value);
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? "is no name");
  return value;
}
