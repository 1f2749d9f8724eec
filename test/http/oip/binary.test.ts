import { expect, test } from "vitest";
import { harness } from "../harness.js";
import { PROTOCOL } from "./protocol.js";

const PATH = "/v2/models/single-pass/infer";
const JSON_BYTES = "Inference-Header-Content-Length";

/** A text as Triton's clients write it: its length in four bytes, little-endian, and its UTF-8. */
function element(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Posts a request whose texts follow its JSON. */
async function post(texts: Buffer, { count = 1, size = texts.length, more = {}, header = 0 } = {}) {
  const { http, engine } = await harness();
  const parameters = { binary_data_size: size };
  const inputs = [{ name: "text", shape: [count], datatype: "BYTES", parameters }];
  const json = Buffer.from(JSON.stringify({ inputs, ...more }));
  const answer = await http
    .post(PATH)
    .set("Content-Type", "application/octet-stream")
    .set(JSON_BYTES, `${json.length + header}`)
    .buffer(true)
    .parse((res, done) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.on("end", () => {
        done(null, Buffer.concat(chunks));
      });
    })
    .send(Buffer.concat([json, texts]));
  return { status: answer.status, headers: answer.headers, body: answer.body as Buffer, engine };
}

test("texts are read as they were written, whatever they hold", async () => {
  const texts = ["\ufeffwake me, 早く", "{}", "nine am"];
  const { status, body, engine } = await post(Buffer.concat(texts.map(element)), { count: 3 });
  expect(status).toBe(200);
  expect(engine("single-pass").calls[0]?.texts).toEqual(texts);
  expect(PROTOCOL.inference.parse(JSON.parse(body.toString())).outputs[1]?.data).toHaveLength(3);
});

test("outputs come in binary when they are asked for so, all or one by one", async () => {
  const texts = Buffer.concat(["hi", "nine am"].map(element));
  const outputs = [
    { name: "intent" },
    { name: "intent_confidence", parameters: { binary_data: true } },
    { name: "out_of_scope", parameters: { binary_data: true } },
    { name: "topic", parameters: { binary_data: true } },
  ];
  const { body, headers } = await post(texts, { count: 2, more: { outputs } });
  const jsonBytes = Number(headers[JSON_BYTES.toLowerCase()]);
  const { outputs: told } = PROTOCOL.inference.parse(JSON.parse(body.subarray(0, jsonBytes).toString()));
  expect(told.map(({ data, parameters }) => data ?? parameters?.binary_data_size)).toEqual([
    ["alarm_set", "alarm_set"],
    8,
    2,
    18,
  ]);
  const tail = body.subarray(jsonBytes);
  expect([tail.readFloatLE(0), tail.readFloatLE(4)]).toEqual([Math.fround(0.6), Math.fround(0.6)]);
  expect([...tail.subarray(8, 10)]).toEqual([0, 0]);
  expect(tail.subarray(10)).toEqual(Buffer.concat(["orbit", "orbit"].map(element)));

  const all = await post(texts, { count: 2, more: { parameters: { binary_data_output: true } } });
  const json = all.body.subarray(0, Number(all.headers[JSON_BYTES.toLowerCase()])).toString();
  expect(PROTOCOL.inference.parse(JSON.parse(json)).outputs.every(({ data }) => data === undefined)).toBe(true);
});

test.each([
  ["a text that ends early", { texts: element("nine").subarray(0, 6) }, "invalid_request", "inputs[0].data[0]"],
  ["a length that ends early", { texts: Buffer.concat([element("nine"), Buffer.of(1, 0)]) }, "invalid_request", "inputs[0].data[1]"], // prettier-ignore
  ["bytes that are no UTF-8", { texts: element(Buffer.of(0xff, 0xfe)) }, "invalid_text", "inputs[0].data[0]"],
  ["another size than it says", { texts: element("nine"), size: 5 }, "invalid_request", "inputs[0].parameters.binary_data_size"], // prettier-ignore
  ["other texts than the shape says", { texts: Buffer.concat([element("a"), element("b")]) }, "invalid_request", "inputs[0].shape"], // prettier-ignore
  ["a header beyond the body", { texts: element("nine"), header: 1000 }, "invalid_request", JSON_BYTES],
] as const)("%s is refused", async (_name, { texts, ...options }, code, field) => {
  const { status, body } = await post(texts, options);
  expect(status).toBe(400);
  expect(JSON.parse(body.toString())).toMatchObject({ code, field });
});
