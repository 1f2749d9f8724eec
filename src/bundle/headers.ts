import { HeaderFault, type FileCursor } from "./cursor.js";
import { checkGguf } from "./gguf.js";
import type { Manifest } from "./manifest.js";
import { checkOnnx } from "./onnx.js";

/** What is looked at in a file before it is opened in earnest. @throws HeaderFault */
export type HeaderCheck = (file: FileCursor) => void;

const MAX_TOKENIZER_BYTES = 64 * 1_048_576;

/** The checks of a bundle's files by what the model opens them as, whatever they are called. */
export function headerChecks({ model, tasks }: Manifest): [file: string, check: HeaderCheck][] {
  const checks: [string, HeaderCheck][] = [];
  if (model.engine === "single-pass") {
    checks.push([model.file, checkGguf]);
    if (model.onnx) checks.push([model.onnx.file, checkOnnx]);
  } else if ("decoders" in model) {
    for (const file of new Set(model.decoders.map((decoder) => decoder.file))) checks.push([file, checkGguf]);
  } else {
    checks.push([model.tokenizer, atMost(MAX_TOKENIZER_BYTES)]);
    for (const file of new Set(model.graphs.map((graph) => graph.file))) checks.push([file, checkOnnx]);
  }
  if (tasks.topic?.evidence) {
    const { file, buckets } = tasks.topic.evidence;
    checks.push([file, atMost(buckets * (1 + tasks.topic.labels.length))]);
  }
  return checks;
}

/** A file that is read as a whole. */
function atMost(bytes: number): HeaderCheck {
  return ({ size }) => {
    if (size > bytes) throw new HeaderFault(`has ${size} bytes, the most is ${bytes}`);
  };
}
