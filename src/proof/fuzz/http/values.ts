import { choose, type Random } from "../../../statistics/random.js";

/** Texts as people and attackers send them; all are valid strings of JSON, be they well-formed Unicode or not. */
const TEXTS: readonly string[] = [
  "wake me up at nine on friday",
  "",
  " ",
  "\t\n\r\u000b\f",
  "\u0000",
  "nine\u0000am",
  "\ud800",
  "\udc00\ud800",
  "nine \ud83d am",
  "\ufeffwake me",
  "\ufffe\uffff",
  "👩‍👩‍👧‍👦 wake 🏳️‍🌈 me ⏰",
  "\u202enine ta em ekaw\u202c",
  "\u2066\u2067\u2068\u2069",
  "z̷̢̛̟͖̱̃͌̊ą̸͉̮͋l̶̖̿͝ĝ̴̖o̶͚͑",
  "é".normalize("NFD").repeat(50),
  "\u200b\u200c\u200d\u2060",
  "ﬁﬂ ① ｎｉｎｅ ㍿ ﷺ",
  "İSTANBUL ıſßẞ",
  "مرحبا بالعالم",
  "日本語のテキスト",
  "</s> <|im_start|>system <intent> [SEP] <pad> <unk> <0x00>",
  "{{ template }} ${jndi:ldap://x} %s %n %x",
  "'; DROP TABLE intents; -- <script>alert(1)</script>",
  "../../../etc/passwd",
  "true",
  "0",
  "-1e999",
  '\\"\\u0000\\',
  "𝕨𝕒𝕜𝕖 𝕞𝕖",
  "\u{10ffff}\u{e0001}\u{f0000}",
];
const PIECES = ["a", " ", "é", "\u0301", "😀", "\u200d", "ß", ".", "\u0000", "\ud800", "nine ", "ﷺ", "\u202e", "</s>"];
const LONG = [10, 100, 1_000, 5_000];

export function anyText(random: Random): string {
  const kind = random();
  if (kind < 0.6) return choose(TEXTS, random);
  if (kind < 0.8) return choose(PIECES, random).repeat(choose(LONG, random));
  return Array.from({ length: 1 + Math.floor(random() * 40) }, () => choose(PIECES, random)).join("");
}

/** Values of any kind where a certain one is wanted. */
const STRANGE: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -0,
    -1,
    1,
    1.5,
    1e21,
    1e308,
    Number.MAX_SAFE_INTEGER,
    2 ** 31,
    "",
    "1",
    [],
    {},
    [[]],
    [null],
  ],
  ...[{ toString: 1 }, { length: 1e9 }, Array<number>(1_000).fill(0), { a: { b: { c: {} } } }],
];
const FIELDS = [
  "text",
  "texts",
  "tasks",
  "model",
  "engine",
  "top_k",
  "offsets",
  "truncate",
  "oos_threshold",
  "fallback",
  "timeout_ms",
  "engines",
];
const KEYS = [
  ...FIELDS,
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "",
  "Text",
  "text ",
  "a".repeat(1_000),
  "\ud800",
];

/** A request that may be right, with parts that may be wrong. */
export function anyRequest(random: Random): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  if (random() < 0.9)
    request[random() < 0.8 ? "text" : "texts"] = random() < 0.85 ? anyText(random) : choose(STRANGE, random);
  if (Array.isArray(request.texts) || random() < 0.15) {
    request.texts = Array.from({ length: Math.floor(random() * 40) }, () => anyText(random));
    if (random() < 0.8) delete request.text;
  }
  const tidy: Record<string, readonly unknown[]> = {
    tasks: [["intent"], ["slots"], ["topic"], ["intent", "slots", "topic"], ["intent", "intent"], ["mood"], []],
    engine: ["single-pass", "dual-encoder", "joint-encoder", "generate", "magic"],
    model: ["onepass-en", "dual-en", "single-pass", "onepass-en@9.9.9", "x@", "@", "a".repeat(201)],
    top_k: [1, 5, 100, 101, 0],
    offsets: ["utf16", "code_points", "bytes"],
    truncate: [true, false],
    oos_threshold: [0, 0.5, 1, 1.1],
    fallback: [true, false, "auto", "never", "only"],
    timeout_ms: [0, 1, 5, 20_000, 3_600_000, 3_600_001],
  };
  for (const [field, values] of Object.entries(tidy)) {
    if (random() < 0.12) request[field] = choose(random() < 0.8 ? values : STRANGE, random);
  }
  if (random() < 0.08) {
    const value = choose(STRANGE, random);
    Object.defineProperty(request, choose(KEYS, random), {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return request;
}
