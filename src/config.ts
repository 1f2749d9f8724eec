import { availableParallelism } from "node:os";
import { delimiter, resolve } from "node:path";
import { z } from "zod";
import { PACKAGE_ROOT } from "./package.js";

/** A whole number, written in decimal digits. */
function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  return z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
}

const ModelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*(@\d+\.\d+\.\d+)?$/, "must be the name of a model, `name` or `name@version`");

const MAX_MS = 3_600_000;

/** `models:shapes`, on Windows `models;shapes`. */
function foldersIn(value: string): string[] {
  return value.split(delimiter).filter(Boolean);
}

/** Every setting. The variable of `maxTexts` is `ONEPASS_MAX_TEXTS`; the descriptions are the pages of the manual. */
const Settings = z.strictObject({
  host: z.string().default("127.0.0.1").describe("Address to listen on. `0.0.0.0` takes requests from other machines."),
  port: whole(0, 65_535).default(8080).describe("Port to listen on; `0` takes any free one and logs it."),
  modelsDir: z
    .string()
    .default("models")
    .refine((folders) => foldersIn(folders).length > 0, "must name a folder")
    .describe(
      "Folder of the model bundles, or several with the platform's path delimiter between them (`models:shapes`). " +
        "A relative path starts at the package's folder.",
    ),
  models: z
    .string()
    .transform((names) => names.split(",").map((name) => name.trim()))
    .pipe(z.array(ModelName))
    .default([])
    .describe("The bundles to load, names with commas between them. Empty: every bundle in the folders."),
  defaultModel: ModelName.optional().describe(
    "The model that answers a request that names none. Unset: the first `single-pass` model, or else the first.",
  ),
  fallbackModel: ModelName.optional().describe(
    "The model that answers when another fails. Unset: the first `dual-encoder` model; `none`: no fallback.",
  ),
  gpu: z
    .enum(["auto", "cuda", "off"], "must be one of auto, cuda, off")
    .default("off")
    .describe(
      "Where decoders run: `off` on the CPU, `cuda` on an NVIDIA GPU or not at all, `auto` on a GPU if one is found.",
    ),
  runtime: z
    .enum(["auto", "llama", "onnx"], "must be one of auto, llama, onnx")
    .default("auto")
    .describe(
      "What runs `single-pass` models: `auto` is ONNX Runtime on a CPU, where the bundle has a graph, and llama.cpp on a GPU.",
    ),
  threads: whole(0, 1024)
    .default(0)
    .describe("Threads of a model's forward pass; `0`: one for each core the process may use."),
  maxSequences: whole(0, 256)
    .default(0)
    .describe("Most texts that a decoder reads in one batch; `0`: few on a CPU, more on a GPU."),
  maxTexts: whole(1, 10_000).default(32).describe("Most texts in one request."),
  maxTextChars: whole(1)
    .default(100_000)
    .describe("Most characters (UTF-16 code units) of one text, before any model sees it."),
  maxBodyBytes: whole(1).default(2_097_152).describe("Largest request body, in bytes, unpacked."),
  timeoutMs: whole(1, MAX_MS)
    .default(30_000)
    .describe("Longest time for an answer, in milliseconds. A request's `timeout_ms` can shorten it."),
  drainTimeoutMs: whole(0, MAX_MS)
    .default(25_000)
    .describe("Longest time to finish what runs after SIGTERM or SIGINT, in milliseconds."),
  logLevel: z
    .enum(
      ["fatal", "error", "warn", "info", "debug", "silent"],
      "must be one of fatal, error, warn, info, debug, silent",
    )
    .default("info")
    .describe("Least severe log lines to write. `debug` adds the health checks; no level writes a text."),
});

/** The settings of a process: paths absolute, counts resolved. */
export type Config = Readonly<Omit<z.infer<typeof Settings>, "modelsDir">> & { readonly modelsDirs: readonly string[] };

/** Every fault of the settings at once. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(
      `The settings have ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    );
    this.name = new.target.name;
  }
}

const PREFIX = "ONEPASS_";

/** `maxTexts` -> `ONEPASS_MAX_TEXTS`. */
function variable(setting: string): string {
  return PREFIX + setting.replace(/[A-Z]/g, "_$&").toUpperCase();
}

/**
 * The settings that an environment gives. An empty variable counts as unset, as container platforms write them.
 * @throws ConfigError that names every fault, unknown `ONEPASS_*` variables included.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const settings = new Map(Object.keys(Settings.shape).map((setting) => [variable(setting), setting]));
  const given = Object.entries(env).filter(
    ([name, value]) => name.startsWith(PREFIX) && value !== undefined && value !== "",
  );
  const faults = given.filter(([name]) => !settings.has(name)).map(([name]) => `${name}: there is no such setting`);

  const known = given.flatMap(([name, value]) => (settings.has(name) ? [[settings.get(name), value]] : []));
  const parsed = Settings.safeParse(Object.fromEntries(known));
  if (!parsed.success) {
    faults.push(
      ...parsed.error.issues.map(({ path: [setting], message }) => {
        const name = variable(String(setting));
        return `${name}: ${message}, not ${JSON.stringify(env[name])}`;
      }),
    );
  }
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);

  const { modelsDir, ...config } = parsed.data;
  return {
    ...config,
    modelsDirs: [...new Set(foldersIn(modelsDir).map((folder) => resolve(PACKAGE_ROOT, folder)))],
    threads: config.threads === 0 ? availableParallelism() : config.threads,
  };
}

/** A setting as the manual shows it. */
export interface SettingRow {
  readonly variable: string;
  readonly values: string;
  readonly default: string;
  readonly description: string;
}

/** Every setting, in the schema's order. */
export function describeSettings(): SettingRow[] {
  const { properties = {} } = z.toJSONSchema(Settings, { io: "output" });
  return Object.entries(properties).map(([setting, schema]) => {
    if (typeof schema === "boolean") throw new TypeError(`${setting} has no schema`);
    return {
      variable: variable(setting),
      values: values(schema),
      default: typeof schema.default === "string" || typeof schema.default === "number" ? `${schema.default}` : "",
      description: schema.description ?? "",
    };
  });
}

function values(schema: z.core.JSONSchema.JSONSchema): string {
  if (schema.enum) return schema.enum.map(String).join(", ");
  if (schema.type !== "integer") return schema.type === "array" ? "names" : "text";
  const open = schema.maximum === undefined || schema.maximum === Number.MAX_SAFE_INTEGER;
  return open ? `${schema.minimum ?? 0} or more` : `${schema.minimum ?? 0} – ${schema.maximum}`;
}
