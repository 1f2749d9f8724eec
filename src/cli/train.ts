import { MODELS, type ModelKind, type TrainOptions } from "../train/options.js";
import { defineCommand, UsageError } from "./command.js";
import { address, decimal, oneOf, repeated, seed, text } from "./values.js";

const DEFAULT_MODEL = "encoder";
const CHOICES: Readonly<Record<"encoder" | "decoder" | "both", readonly ModelKind[]>> = {
  encoder: ["encoder"],
  decoder: ["decoder"],
  both: MODELS,
};

export const train = defineCommand({
  name: "train",
  summary: "Trains a model on rows of your own: a bundle that is served at once, with a report.",
  description:
    "Reads what onepass import made, or anything that it reads. Learns whatever the rows have: intent, slots, topic. The first call makes " +
    "a Python environment and says how large it is. A training that was stopped goes on with the same command. docs/training-own.md.",
  examples: ["train data/mine --out models/mine", "train nlu.yml --out models/mine --quick"],
  failure: "the training failed, or its packages could not be installed",
  define: (command) =>
    command
      .argument("<data...>", "folders that onepass import made, or files and folders that it reads")
      .requiredOption("--out <dir>", "the folder to make; its last part is the bundle's name", text)
      .option("--dev <file>", "a file or folder whose rows judge the model; may be repeated", repeated(text))
      .option("--test <file>", "one whose rows are judged at the end alone; may be repeated", repeated(text))
      .option("--split <share>", "of every label, set aside for dev where no row is of dev", decimal(0.001, 0.9), 0.1)
      .option("--model <kind>", "encoder | decoder | both", oneOf(["encoder", "decoder", "both"]), DEFAULT_MODEL)
      .option(
        "--base <path>",
        "start from these weights: a bundle, a Hugging Face folder (BERT) or a GGUF of ours; by default all-MiniLM-L6-v2, which is fetched, or models/onepass-en",
        text,
      )
      .option("--out-of-scope <label>", "the intent that stands for none of the others; oos, out_of_scope are known")
      .option("--quick", "a third of the time, for a first look", false)
      .option("--seed <n>", "of every random choice", seed, 1)
      .option("--version <version>", "as the manifest names it", "0.1.0")
      .option("--license <name>", "of the weights", "unknown")
      .option("--environment <dir>", "of Python: used if it is there, else made; by default one in ~/.cache/onepass")
      .option("--python <program>", "makes the environment; 3.11 or later", "python3")
      .option("--torch-index <url>", "an index of wheels to take torch from, as one for CPUs", address)
      .option("--work <dir>", "keep rows and checkpoints there while it trains; by default in ~/.cache/onepass")
      .option("--yes", "install packages without asking", false)
      .option("--json", "print what happens as JSON lines", false),
  read({ model, split, dev = [], test = [], ...given }, files): TrainOptions {
    const models = CHOICES[model];
    if (given.base !== undefined && models.length > 1) {
      throw new UsageError("--base: goes with one model, --model encoder or --model decoder");
    }
    if (!/^\d+\.\d+\.\d+$/.test(given.version)) throw new UsageError(`--version: "${given.version}" is not like 0.1.0`);
    return { ...given, models, share: split, dev, test, files };
  },
  async run(options, io) {
    const { trainCommand } = await import("../train/command.js");
    return trainCommand(options, io);
  },
});
