import { expect, test } from "vitest";
import { isLoopback } from "../../src/access/exposure.js";

test.each(["127.0.0.1", "127.8.9.10", "::1", "localhost", "0:0:0:0:0:0:0:1"])("%s is this machine alone", (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(["0.0.0.0", "::", "10.0.0.1", "192.168.0.7", "128.0.0.1", "example.org", "127.0.0.1.example.org", ""])(
  "%j can be reached from elsewhere",
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);
