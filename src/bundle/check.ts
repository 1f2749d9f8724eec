import { BundleError } from "../errors.js";
import { parseTagSet, slotNames } from "../tasks/bio.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import type { DecoderModel, EncoderModel, GeneratorModel, IntentTask, Manifest } from "./manifest.js";

type Fault = (message: string) => never;
type Tasks = Manifest["tasks"];
type SlotsTask = NonNullable<Tasks["slots"]>;

/** What the schema can't say: that the parts of a manifest agree. @throws BundleError at the first fault */
export function checkManifest({ name, version, tasks, limits, model, files }: Manifest): void {
  const fault: Fault = (message) => {
    throw new BundleError(`${name}@${version}`, message);
  };
  checkTasks(tasks, fault);
  if (limits.window_tokens > limits.max_tokens) fault("limits: window_tokens is larger than max_tokens");
  const evidence = tasks.topic?.evidence;
  if (evidence && model.engine !== "single-pass") fault("tasks.topic.evidence: only a single-pass model reads it");
  for (const file of [...filesOf(model), ...(evidence ? [evidence.file] : [])]) {
    if (!Object.hasOwn(files, file)) fault(`files: the model opens ${file}, which has no SHA-256`);
  }
  if (model.engine === "single-pass") checkDecoder(model, tasks, fault);
  else if ("decoders" in model) checkGenerator(model, tasks, fault);
  else checkEncoder(model, tasks, fault);
}

/** Labels of a task, in the order of the model's scores: the tags of slots. */
export function labelsOf(tasks: Tasks, task: TaskName): readonly string[] {
  return (task === "slots" ? tasks.slots?.tags : tasks[task]?.labels) ?? [];
}

/** Whether two bundles' answers to a task mean the same: the same labels, in whatever order. */
export function sameLabels(one: Tasks, other: Tasks, task: TaskName): boolean {
  const [left, right] = [one, other].map((tasks) => new Set(labelsOf(tasks, task)));
  return left!.size === right!.size && [...left!].every((label) => right!.has(label));
}

function filesOf(model: Manifest["model"]): string[] {
  if (model.engine === "single-pass") return [model.file, ...(model.onnx ? [model.onnx.file] : [])];
  if ("decoders" in model) return model.decoders.map(({ file }) => file);
  return [model.tokenizer, ...model.graphs.map(({ file }) => file)];
}

function checkTasks(tasks: Tasks, fault: Fault): void {
  for (const task of TASK_NAMES) {
    const labels = labelsOf(tasks, task);
    const twice = labels.find((label, i) => labels.indexOf(label) !== i);
    if (twice !== undefined) fault(`tasks.${task}: "${twice}" occurs twice`);
  }
  if (tasks.slots) {
    try {
      parseTagSet(tasks.slots.tags);
    } catch (error) {
      fault(`tasks.slots.tags: ${String(error)}`);
    }
    checkStructure(tasks.slots, tasks.intent, fault);
    const slots = slotNames(parseTagSet(tasks.slots.tags).slots);
    const unknown = Object.keys(tasks.slots.resolve ?? {}).find((name) => !slots.includes(name));
    if (unknown !== undefined) fault(`tasks.slots.resolve: "${unknown}" is no slot of the tags`);
    checkPrior("slots", tasks.slots.prior, slots, fault);
  }
  for (const task of ["intent", "topic"] as const) checkPrior(task, tasks[task]?.prior, labelsOf(tasks, task), fault);
  if (tasks.topic) {
    const { labels, groups } = tasks.topic;
    const grouped = Object.keys(groups);
    const lost =
      labels.find((label) => !Object.hasOwn(groups, label)) ?? grouped.find((label) => !labels.includes(label));
    if (lost !== undefined) fault(`tasks.topic: "${lost}" is not in both labels and groups`);
  }
}

/** Shares of six decimals, so of all labels together they are 1 to some four. */
const PRIOR_TOLERANCE = 1e-3;

function checkPrior(task: TaskName, prior: number[] | undefined, labels: readonly string[], fault: Fault): void {
  if (!prior) return;
  if (prior.length !== labels.length) fault(`tasks.${task}.prior: ${prior.length} shares, not ${labels.length}`);
  const sum = prior.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > PRIOR_TOLERANCE) fault(`tasks.${task}.prior: the shares add up to ${sum}, not to 1`);
}

/** What is known of tags and of intents is known of every one of them. */
function checkStructure({ tags, transitions, compatibility }: SlotsTask, intent: IntentTask | undefined, fault: Fault) {
  const checkTable = (name: string, table: number[][], rows: number, columns: number, meaning: string) => {
    const row = table.findIndex(({ length }) => length !== columns);
    if (table.length !== rows) fault(`tasks.slots.${name}: ${table.length} rows, not ${rows} (${meaning})`);
    if (row >= 0) fault(`tasks.slots.${name}[${row}]: ${table[row]!.length} numbers, not ${columns} (${meaning})`);
  };
  if (transitions) {
    checkTable("transitions", transitions, tags.length + 1, tags.length, "a row a tag and one for the start, by tag");
  }
  if (!compatibility) return;
  if (!intent) return fault("tasks.slots.compatibility: the bundle has no intent that slots could go with");
  const slots = slotNames(parseTagSet(tags).slots);
  checkTable("compatibility", compatibility, intent.labels.length, slots.length, "a row an intent, by slot");
}

/** Every task has its labels and read-outs, and no token has two meanings. */
function checkDecoder({ bos, read_outs, label_start, onnx }: DecoderModel, tasks: Tasks, fault: Fault): void {
  const ranges: [what: string, start: number, end: number][] = [["bos", bos, bos + 1]];
  for (const task of TASK_NAMES) {
    const start = label_start[task];
    if ((start !== undefined) !== (tasks[task] !== undefined)) fault(`model.label_start and tasks disagree on ${task}`);
    if (onnx && (onnx.outputs[task] !== undefined) !== (tasks[task] !== undefined)) {
      fault(`model.onnx.outputs and tasks disagree on ${task}`);
    }
    if (start !== undefined) ranges.push([`the labels of ${task}`, start, start + labelsOf(tasks, task).length]);
    if (task === "slots") continue; // read at the words
    const token = read_outs[task];
    if ((token !== undefined) !== (tasks[task] !== undefined)) fault(`model.read_outs and tasks disagree on ${task}`);
    if (token !== undefined) ranges.push([`the read-out of ${task}`, token, token + 1]);
  }
  ranges.sort((a, b) => a[1] - b[1]);
  for (const [i, [what, , end]] of ranges.entries()) {
    const next = ranges[i + 1];
    if (next && next[1] < end) fault(`model: ${what} and ${next[0]} share token ${next[1]}`);
  }
}

/** Every task is written by one decoder. */
function checkGenerator({ engine, decoders }: GeneratorModel, tasks: Tasks, fault: Fault): void {
  for (const task of TASK_NAMES) {
    const sources = decoders.filter((decoder) => decoder.tasks.includes(task)).length;
    const expected = tasks[task] === undefined ? 0 : 1;
    if (sources !== expected) fault(`model.decoders: ${sources} decoders answer ${task}, not ${expected}`);
  }
  if (engine === "generate" && decoders.length !== 1) fault("model.decoders: generate is one decoder for all tasks");
}

/** Every task is the output of one graph. */
function checkEncoder({ engine, graphs, tokenization }: EncoderModel, tasks: Tasks, fault: Fault): void {
  for (const task of TASK_NAMES) {
    const sources = graphs.filter(({ outputs }) => outputs[task] !== undefined).length;
    const expected = tasks[task] === undefined ? 0 : 1;
    if (sources !== expected) fault(`model.graphs: ${sources} graphs answer ${task}, not ${expected}`);
  }
  if (engine === "joint-encoder" && graphs.length !== 1) fault("model.graphs: a joint encoder is one graph");
  if (tokenization === "pieces" && graphs.some((graph) => !graph.add_prefix_space)) {
    fault('model.graphs: pieces always bring their space; add_prefix_space false goes with tokenization "text"');
  }
}
