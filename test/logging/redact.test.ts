import { expect, test } from "vitest";
import { redact } from "../../src/logging/redact.js";

test.each([
  ["write to zoe.muller+x@mail.example.org, please", "write to [email], please"],
  ["<root@localhost> said so", "<[email]> said so"],
  ["mail ｚｏｅ＠example.org", "mail [email]"],
  ["call +1 (415) 555-2671 now", "call [number] now"],
  ["card 4111 1111 1111 1111", "card [number]"],
  ["my number is ٠١٢٣٤٥٦٧٨", "my number is [number]"],
  ["zip 90210", "zip [number]"],
  ["account 12.345.678", "account [number]"],
])("takes out what says who somebody is: %s", (text, redacted) => {
  expect(redact(text)).toBe(redacted);
});

test.each([
  "wake me up at 9 on friday",
  "the 10:30 to platform 4",
  "20% of 1200",
  "play hits of 1999",
  "@home at 7 p.m.",
])("leaves what an assistant is asked every day: %s", (text) => {
  expect(redact(text)).toBe(text);
});

test.each(["a".repeat(100_000), "1 ".repeat(50_000), "@".repeat(100_000), "1-1(".repeat(25_000)])(
  "takes a time that grows with the length of the text, whatever it is",
  (text) => {
    const startedAt = performance.now();
    redact(text);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  },
);
