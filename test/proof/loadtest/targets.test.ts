import { expect, test } from "vitest";
import { chooseTargets, parseWishes, USUAL, type ServedEngine } from "../../../src/proof/loadtest/targets.js";

const served = (name: string, ...engines: string[]): ServedEngine[] =>
  engines.map((engine) => ({ name, model: `${name}@0.1.0`, engine, state: "ready" }));

const DECODER = served("onepass-en", "single-pass", "generate", "dual-decoder");
const SMALL = [...served("dual-en", "dual-encoder"), ...served("joint-en", "joint-encoder")];
const SHAPES = ["roberta-base-int8", "roberta-base-int8-side-by-side"].flatMap((name) => served(name, "dual-encoder"));

const choose = (all: readonly ServedEngine[], ...names: string[]) => {
  const { targets, leftOut } = chooseTargets(names.length > 0 ? parseWishes(names) : USUAL, all);
  return { targets: targets.map(({ label, engine, model }) => `${label} = ${engine} on ${model}`), leftOut };
};

test("the usual targets, in their order", () => {
  expect(choose([...SHAPES, ...SMALL, ...DECODER])).toEqual({
    targets: [
      "single-pass = single-pass on onepass-en@0.1.0",
      "generate = generate on onepass-en@0.1.0",
      "dual-decoder = dual-decoder on onepass-en@0.1.0",
      "dual-encoder:roberta-base-int8 = dual-encoder on roberta-base-int8@0.1.0",
      "dual-encoder:roberta-base-int8-side-by-side = dual-encoder on roberta-base-int8-side-by-side@0.1.0",
      "dual-encoder = dual-encoder on dual-en@0.1.0",
      "joint-encoder = joint-encoder on joint-en@0.1.0",
    ],
    leftOut: [],
  });
});

test("what the server lacks is left out, and how to get it is said", () => {
  const { targets, leftOut } = choose([...served("onepass-en", "single-pass"), ...SMALL]);
  expect(targets).toHaveLength(3);
  expect(leftOut).toEqual([
    { label: "generate", reason: "onepass-en does not have the engine generate, only single-pass" },
    { label: "dual-decoder", reason: "onepass-en does not have the engine dual-decoder, only single-pass" },
    {
      label: "dual-encoder:roberta-base-int8",
      reason: "the server has no model roberta-base-int8; `npm run shapes` makes it",
    },
    {
      label: "dual-encoder:roberta-base-int8-side-by-side",
      reason: "the server has no model roberta-base-int8-side-by-side; `npm run shapes` makes it",
    },
  ]);
});

test("a model made for the dual decoder is better than one that can also do that", () => {
  const two = [...DECODER, ...served("two-decoders", "dual-decoder")];
  expect(choose(two, "dual-decoder").targets).toEqual(["dual-decoder = dual-decoder on two-decoders@0.1.0"]);
  expect(choose(two).targets[2]).toBe("dual-decoder = dual-decoder on two-decoders@0.1.0");
  expect(choose(two, "dual-decoder:onepass-en").targets).toEqual([
    "dual-decoder:onepass-en = dual-decoder on onepass-en@0.1.0",
  ]);
});

test("an engine without a model means the usual one, or else the first that has it", () => {
  expect(choose([...SHAPES, ...SMALL], "dual-encoder").targets).toEqual([
    "dual-encoder = dual-encoder on dual-en@0.1.0",
  ]);
  expect(choose(SHAPES, "dual-encoder").targets).toEqual(["dual-encoder = dual-encoder on roberta-base-int8@0.1.0"]);
  expect(choose([...served("mine", "single-pass")], "single-pass").targets).toEqual([
    "single-pass = single-pass on mine@0.1.0",
  ]);
});

test("a model can be named with its version", () => {
  const versions = [...DECODER, { ...DECODER[0]!, model: "onepass-en@0.2.0" }];
  expect(choose(versions, "single-pass:onepass-en@0.2.0").targets).toEqual([
    "single-pass:onepass-en@0.2.0 = single-pass on onepass-en@0.2.0",
  ]);
});

test("a model that is not ready is left out", () => {
  const failed = [{ ...DECODER[0]!, state: "failed" }];
  expect(choose(failed, "single-pass")).toEqual({
    targets: [],
    leftOut: [{ label: "single-pass", reason: "onepass-en@0.1.0 is failed" }],
  });
});
