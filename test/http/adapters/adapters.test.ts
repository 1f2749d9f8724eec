import { describe, expect, test } from "vitest";
import { ADAPTER_NAMES } from "../../../src/config/adapters.js";
import { harness, harnessWith } from "../harness.js";

/** With every adapter; `opsApart`, since `/openapi.json` describes our own API, to which other harnesses are held. */
const adapted = async () => (await harnessWith({ adapters: ADAPTER_NAMES, opsApart: true })).http;

test.each([
  ["/model/parse", "rasa"],
  ["/predict", "tei"],
  ["/v1/systemone", "systemone"],
])("%s is not there unless the settings say so, and the answer tells how", async (path, name) => {
  const { http } = await harness();
  const { body } = await http.post(path).send({}).expect(404);
  expect(body.error.message).toContain(`ONEPASS_ADAPTERS=${name}`);
});

describe("Rasa", () => {
  test("a message is parsed into Rasa's shape, with characters counted as Python does", async () => {
    const http = await adapted();
    const { body } = await http.post("/model/parse").send({ text: "👍 at nine am", message_id: "7" }).expect(200);
    expect(body).toMatchObject({
      text: "👍 at nine am",
      message_id: "7",
      intent: { name: "alarm_set" },
      entities: [{ entity: "time", value: "nine am", start: 5, end: 12, extractor: "onepass" }],
    });
    const parsed = body as { intent: object; intent_ranking: object[]; entities: { confidence_entity: number }[] };
    expect(parsed.intent_ranking[0]).toEqual(parsed.intent);
    expect(parsed.entities[0]?.confidence_entity).toBeGreaterThan(0);
    expect(Object.keys(body as object).sort()).toEqual(["entities", "intent", "intent_ranking", "message_id", "text"]);
  });

  test("fields of newer clients are passed over, errors have Rasa's shape", async () => {
    const http = await adapted();
    await http.post("/model/parse").send({ text: "hi", metadata: {} }).expect(200);
    const { body } = await http.post("/model/parse").send({ text: " " }).expect(400);
    expect(body).toMatchObject({ status: "failure", reason: "empty_text", code: 400, details: { parameter: "text" } });
  });
});

describe("text-embeddings-inference", () => {
  test("one text is a list of labels, best first; a batch is a list of these", async () => {
    const http = await adapted();
    const { body } = await http.post("/predict").send({ inputs: "at nine am" }).expect(200);
    const one = body as { label: string; score: number }[];
    expect(one[0]?.label).toBe("alarm_set");
    expect(one.map(({ score }) => score)).toEqual([...one.map(({ score }) => score)].sort((a, b) => b - a));
    expect(one.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 4);
    const { body: batch } = await http
      .post("/predict")
      .send({ inputs: [["at nine am"], ["hi"]] })
      .expect(200);
    expect(batch).toHaveLength(2);
    expect((batch as unknown[])[0]).toEqual(one);
    const { body: wrapped } = await http
      .post("/predict")
      .send({ inputs: ["at nine am"] })
      .expect(200);
    expect(wrapped).toEqual(one); // TEI's rule: a list of texts is one input
  });

  test("a text that is too long is cut where that is asked for, and else refused", async () => {
    const http = await adapted();
    const inputs = "one two three four five six seven eight nine";
    await http.post("/predict").send({ inputs, truncate: true }).expect(200);
    for (const truncate of [false, null, undefined]) await http.post("/predict").send({ inputs, truncate }).expect(413);
  });

  test.each([
    [{ inputs: ["a", "b"] }, 422],
    [{ inputs: [["a", "b"]] }, 422],
    [{ inputs: "a", raw_scores: true }, 422],
    [{ inputs: "a", truncation_direction: "Left" }, 422],
    [{ inputs: 1 }, 400],
    [{ inputs: [] }, 422],
  ])("%j can't be answered, and TEI's clients see why", async (request, status) => {
    const http = await adapted();
    const { body } = await http.post("/predict").send(request).expect(status);
    expect(body).toEqual({ error: expect.stringMatching(/\w/) as string, error_type: "validation" });
  });
});

describe("System One", () => {
  const ask = async (questions: object, status = 200) =>
    (await (await adapted()).post("/v1/systemone").send({ state: "at nine am", questions }).expect(status)).body as {
      answers: Record<string, { choice: string; probabilities: Record<string, number>; confidence: number }>;
      usage: { input_tokens: number; output_tokens: number };
      error: { code: string; field: string };
    };

  test("a choice among labels has probabilities that add up to 1, and no token is generated", async () => {
    const { answers, usage } = await ask({
      what: { type: "choice", instructions: "What is wanted?", criteria: { joke: "to laugh", alarm_set: "to wake" } },
      about: { type: "choice", criteria: ["puck", "orbit"] },
    });
    expect(answers.what?.choice).toBe("alarm_set");
    const { joke, alarm_set } = answers.what!.probabilities;
    expect(joke! + alarm_set!).toBeCloseTo(1);
    expect(answers.what?.confidence).toBe(alarm_set);
    expect(["puck", "orbit"]).toContain(answers.about?.choice);
    expect(usage.output_tokens).toBe(0);
    expect(usage.input_tokens).toBeGreaterThan(0);
  });

  test("without criteria every intent is an option", async () => {
    const { answers } = await ask({ what: { type: "choice" } });
    expect(Object.keys(answers.what!.probabilities).sort()).toEqual(["alarm_set", "joke", "play_music"]);
  });

  test("options that the model thinks nothing of are equally likely", async () => {
    const { http, engine } = await harnessWith({ adapters: ADAPTER_NAMES, opsApart: true });
    engine("single-pass").intent = [99, 0, 0];
    const questions = { q: { type: "choice", criteria: ["play_music", "joke"] } };
    const { body } = await http.post("/v1/systemone").send({ state: "at nine am", questions }).expect(200);
    expect(body.answers.q.probabilities).toEqual({ play_music: 0.5, joke: 0.5 });
  });

  test.each([
    ["another type", { q: { type: "score" } }, "questions.q.type"],
    ["a label that is not there", { q: { type: "choice", criteria: ["joke", "nobody"] } }, "questions.q.criteria"],
    ["intents and topics in one", { q: { type: "choice", criteria: ["joke", "puck"] } }, "questions.q.criteria"],
    ["one option", { q: { type: "choice", criteria: ["joke"] } }, "questions.q.criteria"],
  ])("%s is refused by name", async (_name, questions, field) => {
    expect((await ask(questions, 400)).error).toMatchObject({ code: "invalid_request", field });
  });
});
