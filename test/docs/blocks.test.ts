import { expect, test } from "vitest";
import { blocksIn, isServer } from "./blocks.js";

const PAGE = `# A page

\`\`\`sh
one
\`\`\`

\`\`\`json
{}
\`\`\`

\`\`\`bash no-run: needs a cluster
two
\`\`\`

text

\`\`\`text
no output
\`\`\`

- a list

\`\`\`sh
one
\`\`\`
`;

test("blocks of commands are found with their lines, their outputs and why they are not run", () => {
  expect(blocksIn(PAGE)).toEqual([
    { line: 3, code: "one", noRun: undefined, shown: { kind: "json", text: "{}" } },
    { line: 11, code: "two", noRun: "needs a cluster", shown: undefined },
    { line: 23, code: "one", noRun: undefined, shown: undefined },
  ]);
});

test.each([
  ["npm start", true],
  ["npm run up   # then wait", true],
  ["ONEPASS_ADAPTERS=rasa,tei npm start", true],
  ["npm start &", false],
  ["npm run key", false],
  ["npm start\ncurl http://a", false],
])("whether %j is a server in the foreground: %s", (code, is) => {
  expect(isServer({ line: 1, code, noRun: undefined, shown: undefined })).toBe(is);
});
