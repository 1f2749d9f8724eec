import type { z } from "zod";
import type { BatchAnswer, ClassifyAnswer, CompareAnswer } from "../classify/answer.js";
import type { ModelsAnswer } from "../http/schemas.js";
import type { Io } from "./io.js";
import { address } from "./values.js";
import type { Command, OptionValues } from "@commander-js/extra-typings";

export type Models = z.infer<typeof ModelsAnswer>;

/** Who answers: a server that runs, or the models in this process. Requests are bodies of the API. */
export interface Answerer extends AsyncDisposable {
  /** @throws OnepassError, and CommandError when nobody is there */
  classify(request: Request): Promise<ClassifyAnswer | BatchAnswer>;
  compare(request: Request): Promise<CompareAnswer>;
  models(): Promise<Models>;
}

export type Request = Readonly<Record<string, unknown>>;

/** What a command line says of who is to answer. */
export interface Whom {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  /** In this process: load no more than it takes to answer these; absent: everything. */
  readonly needed?: { readonly model?: string | undefined; readonly engine?: string | undefined } | undefined;
}

/** Adds `--url` and `--key`, which a person sets once for all commands, in the environment. */
export function withServer<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  return command
    .option(
      "--url <url>",
      "a server that runs (or ONEPASS_URL); by default the models are run in this process",
      address,
    )
    .option("--key <key>", "an API key of that server (or ONEPASS_KEY, which no process list shows)");
}

/** Opens whoever is to answer. The libraries of models are loaded only where models are. */
export async function openAnswerer(whom: Whom, io: Io): Promise<Answerer> {
  const url = whom.url ?? addressIn(io);
  if (url !== undefined) {
    const { Remote } = await import("./remote.js");
    return new Remote(url, whom.key ?? io.env.ONEPASS_KEY, io.stop);
  }
  const { openLocal } = await import("./local.js");
  return openLocal(io, whom.needed);
}

function addressIn({ env: { ONEPASS_URL: url = "" } }: Io): string | undefined {
  return url === "" ? undefined : address(url);
}
