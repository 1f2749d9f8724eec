import { expect, test } from "vitest";
import { Job } from "../../src/scheduling/job.js";
import { prepareText } from "../../src/text/prepare.js";

const REQUESTS = ["a", "b"].map((text, i) => ({
  text: prepareText(text, { nfkc: true, lowercase: true }),
  truncate: false,
  field: `texts[${i}]`,
}));

const score = (tokenizeMs: number) => ({
  ...{ promptTokens: 1, cachedTokens: 0, generatedTokens: 0, tokenizeMs, queueMs: 0, inferenceMs: 1 },
  intent: Float32Array.of(tokenizeMs),
});

test("a request is answered when its last text is, in the order of its texts", async () => {
  const job = new Job(REQUESTS, ["intent"], [1, 1], Infinity);
  job.finish(1, score(2), performance.now());
  job.finish(0, score(1), performance.now());
  const answers = await job.done;
  expect(answers).toMatchObject([{ intent: Float32Array.of(1) }, { intent: Float32Array.of(2) }]);
  expect(answers.map(({ tokenizeMs }) => tokenizeMs)).toEqual([3, 3]); // of the request: all texts together
  expect(job.signal.aborted).toBe(false);
});

test("when a request fails, the engine is told that the texts which still run are not wanted", async () => {
  const job = new Job(REQUESTS, ["intent"], [1, 1], Infinity);
  const reason = new Error("nobody waits");
  job.fail(reason);
  await expect(job.done).rejects.toBe(reason);
  expect(job.signal.reason).toBe(reason);
});
