import { openAnswerer, withServer, type Models } from "./answerer.js";
import { defineCommand, EXIT } from "./command.js";
import { table } from "./table.js";

export const models = defineCommand({
  name: "models",
  summary: "The models of a server, or those in ONEPASS_MODELS_DIR, and what they answer.",
  examples: ["models", "models --url http://127.0.0.1:8080 --json"],
  failure: "the server failed",
  define: (command) => withServer(command).option("--json", "print the API's answer, with all labels", false),
  read: (given) => given,
  async run({ json, ...whom }, io) {
    await using answerer = await openAnswerer(whom, io);
    const answer = await answerer.models();
    // Nothing is loaded for a listing, so no state would be true.
    const isRemote = (whom.url ?? io.env.ONEPASS_URL ?? "") !== "";
    const listed = answer.models.map(({ state, ...model }) => (isRemote ? { ...model, state } : model));
    io.stdout.write(json ? `${JSON.stringify({ models: listed }, null, 2)}\n` : listing(listed));
    return EXIT.done;
  },
});

type Listed = Omit<Models["models"][number], "state"> & { readonly state?: string };

function listing(listed: readonly Listed[]): string {
  const rows = listed.map(({ model, engine, state, tasks, limits, language, license, ...role }) => [
    model,
    engine,
    [role.default && "default", role.fallback && "fallback"].filter(Boolean).join(", "),
    ...(state === undefined ? [] : [state]),
    labelsText(tasks),
    `${limits.window_tokens}/${limits.max_tokens}`,
    language,
    license,
  ]);
  const state = listed.some((model) => model.state !== undefined) ? ["state"] : [];
  return table(["model", "engine", "role", ...state, "labels", "tokens", "language", "licence"], rows);
}

function labelsText({ intent, slots, topic }: Listed["tasks"]): string {
  const counts = [intent && `${intent.labels.length} intents`, slots && `${slots.labels.length} slots`];
  return [...counts, topic && `${topic.labels.length} topics`].filter(Boolean).join(", ");
}
