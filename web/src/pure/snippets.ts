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

function typescript({ url, body, keyed }: Call): string {
  const key = keyed ? "\n    Authorization: `Bearer ${process.env.ONEPASS_KEY}`," : "";
  return `const response = await fetch(${JSON.stringify(url)}, {
  method: "POST",
  headers: {
    "Content-Type": "application/json",${key}
  },
  body: JSON.stringify(${indented(JSON.stringify(body, null, 2), "  ")}),
});
if (!response.ok) throw new Error(await response.text());
console.log(await response.json());`;
}

function python({ url, body, keyed }: Call): string {
  const key = keyed ? `\n        "Authorization": "Bearer " + os.environ["ONEPASS_KEY"],` : "";
  return `import json
${keyed ? "import os\n" : ""}import urllib.request

request = urllib.request.Request(
    ${JSON.stringify(url)},
    json.dumps(${indented(pythonOf(body), "    ")}).encode(),
    {
        "Content-Type": "application/json",${key}
    },
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))`;
}

function indented(text: string, by: string): string {
  return text.replaceAll("\n", `\n${by}`);
}

/** JSON's strings are Python's, its words are not. */
function pythonOf(value: unknown, indent = ""): string {
  const inner = `${indent}    `;
  if (Array.isArray(value)) return `[${value.map((item) => pythonOf(item, inner)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(
      ([name, own]) => `${inner}${JSON.stringify(name)}: ${pythonOf(own, inner)},`,
    );
    return `{\n${fields.join("\n")}\n${indent}}`;
  }
  return value === true ? "True" : value === false ? "False" : value === null ? "None" : JSON.stringify(value);
}
