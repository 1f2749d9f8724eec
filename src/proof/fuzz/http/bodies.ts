import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { choose, type Random } from "../../../statistics/random.js";
import { anyRequest, anyText } from "./values.js";

/** A body and the headers that go with it. */
export interface Body {
  readonly bytes: Buffer;
  readonly headers: readonly string[];
}

const DEEP = [100, 1_000, 50_000];
const BYTES = [
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x28, 0xa1],
  [0xef, 0xbb, 0xbf],
].map((bytes) => Buffer.from(bytes));

/** What is no JSON, or JSON that parsers read differently. */
const JSONS: readonly ((random: Random) => string)[] = [
  () => "",
  () => " ",
  () => "null",
  () => "[]",
  () => '"text"',
  () => "1e400",
  () => "-",
  () => "{",
  () => '{"text":"nine"',
  () => '{"text":"nine",}',
  () => "{'text':'nine'}",
  () => '{"text":"nine"}{"text":"nine"}',
  () => '{"text":"nine","text":1}',
  () => '{"text":1,"text":"nine"}',
  () => '{"text":"\\u00"}',
  () => '{"text":"\\x41"}',
  () => '{"text":"a\nb"}',
  () => '{"text":"\\ud800","tasks":["intent"]}',
  () => '{"text":NaN}',
  () => '{"text":"nine","oos_threshold":1e400}',
  () => '{"text":"nine","top_k":5.0}',
  () => '{"text":"nine","top_k":1E1}',
  () => '{"__proto__":{"text":"nine"}}',
  () => '{"text":"nine"} // comment',
  () => "\ufeff{}",
  (random) => "[".repeat(choose(DEEP, random)),
  (random) => `${"[".repeat(choose(DEEP, random))}1${"]".repeat(choose(DEEP, random))}`,
  (random) => `{"text":${'{"a":'.repeat(choose(DEEP, random))}1`,
  (random) => `{"text":"nine","top_k":${"9".repeat(choose(DEEP, random))}}`,
  (random) => `{${Array.from({ length: choose(DEEP, random) / 10 }, (_, i) => `"k${i}":${i}`).join(",")}}`,
];

export function anyBody(random: Random): Body {
  const kind = random();
  if (kind < 0.55) return plain(JSON.stringify(anyRequest(random)));
  if (kind < 0.75) return plain(choose(JSONS, random)(random));
  if (kind < 0.83) return spoilt(Buffer.from(JSON.stringify(anyRequest(random))), random);
  if (kind < 0.88)
    return plain(Buffer.from(JSON.stringify(anyRequest(random)), choose(["utf16le", "latin1"] as const, random)));
  return compressed(random);
}

function plain(body: string | Buffer): Body {
  return { bytes: Buffer.from(body as string), headers: [] };
}

function spoilt(bytes: Buffer, random: Random): Body {
  const at = Math.floor(random() * bytes.length);
  const kind = random();
  if (kind < 0.4) return plain(bytes.subarray(0, at));
  return plain(Buffer.concat([bytes.subarray(0, at), choose(BYTES, random), bytes.subarray(kind < 0.7 ? at : at + 1)]));
}

/** Unpacked larger than the server takes; made once. */
const BOMB = Buffer.from(`{"text":"${"a".repeat(8_000_000)}"}`);
const BOMBS = [
  ["gzip", gzipSync(BOMB)],
  ["deflate", deflateSync(BOMB)],
  ["br", brotliCompressSync(BOMB)],
] as const;

function compressed(random: Random): Body {
  const json = Buffer.from(JSON.stringify({ text: anyText(random) }));
  const packed = [
    ["gzip", gzipSync(json)],
    ["deflate", deflateSync(json)],
    ["br", brotliCompressSync(json)],
    ["identity", json],
    ["gzip", json],
    ["gzip", gzipSync(json).subarray(0, 12)],
    ["br", Buffer.from("nonsense")],
    ["zstd", json],
    ["gzip, gzip", gzipSync(gzipSync(json))],
    ["", json],
    choose(BOMBS, random),
  ] as const;
  const [encoding, bytes] = choose(packed, random);
  return { bytes, headers: [`Content-Encoding: ${encoding}`] };
}
