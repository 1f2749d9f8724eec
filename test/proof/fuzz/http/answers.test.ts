import { expect, test } from "vitest";
import { answersIn } from "../../../../src/proof/fuzz/http/answers.js";

const read = (text: string, ...methods: string[]) =>
  answersIn(Buffer.from(text, "utf8"), methods).map(({ status, body, closes }) => [status, body, closes]);

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";

test("answers that follow each other are told apart, a body's length counting in bytes", () => {
  expect(read(`${OK}é12${OK}abcd`, "GET", "GET")).toEqual([
    [200, "é12", false],
    [200, "abcd", false],
  ]);
});

test("half an answer is none yet", () => {
  expect(read(`${OK}abcd${OK}ab`, "GET", "GET")).toEqual([[200, "abcd", false]]);
  expect(read(OK.slice(0, -2), "GET")).toEqual([]);
});

test("an answer to a HEAD has no body, whatever its length says", () => {
  expect(read(OK + OK + "abcd", "HEAD", "GET")).toEqual([
    [200, "", false],
    [200, "abcd", false],
  ]);
});

test("100 Continue is not the answer", () => {
  expect(read(`HTTP/1.1 100 Continue\r\n\r\n${OK}abcd`, "POST")).toEqual([[200, "abcd", false]]);
});

test("chunks are put together, and what closes the connection is known", () => {
  const chunked =
    "HTTP/1.1 400 x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n";
  expect(read(chunked, "POST")).toEqual([[400, "abcd", true]]);
});
