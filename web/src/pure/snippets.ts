/** A request as it is sent. */
export interface Call {
  /** The address of the route, absolute. */
  readonly url: string;
  readonly body: object;
  /** Whether the server asks for a key. The key itself is in no snippet: these get pasted. */
  readonly keyed: boolean;
}

export const LANGUAGES = ["curl", "TypeScript", "Python"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Code that makes this very call and prints the answer; the key is read from the environment. */
export function snippet(language: Language, call: Call): string {
  return { curl, TypeScript: typescript, Python: python }[language](call);
}

function curl({ url, body, keyed }: Call): string {
  const lines = [
    `curl ${quoted(url)}`,
    ...(keyed ? [`-H "Authorization: Bearer $ONEPASS_KEY"`] : []),
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(JSON.stringify(body))}`,
  ];
  return lines.join(" \\\n  ");
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** With our client, which also waits and asks again when the server is full. */
function typescript(call: Call): string {
  const { base, method, text, options } = asMethod(call);
  const key = call.keyed ? `, key: process.env.ONEPASS_KEY ?? ""` : "";
  const rest = options.length === 0 ? "" : `, ${JSON.stringify(Object.fromEntries(options), null, 2)}`;
  return `import { OnepassClient } from "onepass-client";

const client = new OnepassClient({ url: ${JSON.stringify(base)}${key} });
const answer = await client.${method}(${JSON.stringify(text)}${rest});
console.log(answer);`;
}

/** With our client, whose offsets are code points unless `offsets` says otherwise. */
function python(call: Call): string {
  const { base, method, text, options } = asMethod(call);
  const key = call.keyed ? `, key=os.environ["ONEPASS_KEY"]` : "";
  const rest = options.map(([name, value]) => `, ${name}=${pythonOf(value)}`).join("");
  return `${call.keyed ? "import os\n\n" : ""}from onepass_client import Onepass

with Onepass(${JSON.stringify(base)}${key}) as onepass:
    print(onepass.${method}(${JSON.stringify(text)}${rest}))`;
}

/** `POST URL/classify` with a text and its options is `classify(text, options)` of a client of URL. */
function asMethod({ url, body }: Call) {
  const { text, ...options } = body as { readonly text: string };
  const at = url.lastIndexOf("/");
  return { base: url.slice(0, at), method: url.slice(at + 1), text, options: Object.entries(options) };
}

/** JSON's strings are Python's, its words are not. */
function pythonOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonOf).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([name, own]) => `${JSON.stringify(name)}: ${pythonOf(own)}`);
    return `{${fields.join(", ")}}`;
  }
  return value === true ? "True" : value === false ? "False" : value === null ? "None" : JSON.stringify(value);
}
