import express from "express";
import supertest from "supertest";
import { expect, test } from "vitest";
import { breachesOf, holdToContract } from "./contract.js";

const LIVE = { method: "GET", path: "/livez", status: 200, contentType: "application/json", body: '{"status":"ok"}' };
const ERROR = '{"error":{"code":"not_found","message":"No."}}';

test.each([
  ["as it is described", LIVE],
  ["to a HEAD, without a body", { ...LIVE, method: "HEAD", body: "" }],
  ["with a slash at the end of the path", { ...LIVE, path: "/livez/" }],
  ["of a path that is not there", { ...LIVE, path: "/nowhere", status: 404, body: ERROR }],
  ["of a method that is not there", { ...LIVE, method: "DELETE", status: 405, body: ERROR }],
  ["of a page's file", { ...LIVE, path: "/assets/page.js", contentType: "text/javascript", body: "1" }],
])("an answer %s keeps the contract", (_name, answer) => {
  expect(breachesOf(answer)).toEqual([]);
});

test.each([
  ["another status", { ...LIVE, status: 418 }, "418 is not described"],
  ["another type", { ...LIVE, contentType: "text/html" }, "is text/html"],
  ["another value", { ...LIVE, body: '{"status":"fine"}' }, "/status must be equal to constant"],
  ["a field too many", { ...LIVE, body: '{"status":"ok","mood":"good"}' }, "must NOT have additional properties"],
  ["a field too few", { ...LIVE, body: "{}" }, "must have required property 'status'"],
  ["an answer where there is no path", { ...LIVE, path: "/nowhere" }, "no such operation"],
  ["an error of another shape", { ...LIVE, path: "/nowhere", status: 404 }, "must have required property 'error'"],
])("%s is a breach", (_name, answer, told) => {
  expect(breachesOf(answer).join()).toContain(told);
});

test("a breach in an app's answer is heard, whichever way the body was written", async () => {
  const heard: string[] = [];
  const app = express();
  app.get("/livez", (_req, res) => void res.json({ status: "fine" }));
  app.get("/version", (_req, res) => {
    res.type("json").write('{"name":');
    res.end('"onepass"}');
  });
  holdToContract(app, (faults) => heard.push(...faults));
  await supertest(app).get("/livez").expect(200);
  await supertest(app).get("/version?a=b").expect(200);
  expect(heard).toHaveLength(2);
  expect(heard[0]).toContain("/status must be equal to constant");
  expect(heard[1]).toContain("must have required property 'version'");
});
