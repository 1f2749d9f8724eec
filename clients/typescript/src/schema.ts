/* Written by `npm run docs:clients` from the OpenAPI document of the server; a test fails when it is stale. */

export type Resolved =
  | {
      type: "date";
      /**
       * `YYYY-MM-DD`; of several days the first.
       */
      value: string;
      /**
       * The last day, where there are several.
       */
      end?: string;
    }
  | {
      type: "datetime";
      /**
       * ISO 8601, with the zone's offset.
       */
      value: string;
    }
  | {
      type: "time";
      /**
       * Time of day, `HH:MM`.
       */
      value: string;
    }
  | {
      type: "duration";
      /**
       * ISO 8601: `PT2H`.
       */
      value: string;
    }
  | {
      type: "number";
      value: number;
      unit?: string;
    };

export interface ClassifyRequest {
  /**
   * The text to classify. Either `text` or `texts`.
   */
  text?: string;
  /**
   * Several texts, answered in order. One that can't be answered refuses the whole request.
   */
  texts?: string[];
  /**
   * What to answer; all that the model can by default. Tasks that are not asked for cost less.
   *
   * @minItems 1
   */
  tasks?: ("intent" | "slots" | "topic")[];
  /**
   * A model of `GET /models`, as `name` (its highest version) or `name@version`.
   */
  model?: string;
  /**
   * How the text is to be read. Without `model`, the first model with this engine answers.
   */
  engine?: "single-pass" | "generate" | "dual-decoder" | "dual-encoder" | "joint-encoder";
  /**
   * Length of `intent_ranking` and `topic_ranking`.
   */
  top_k?: number;
  /**
   * Unit of the slots' `start` and `end`: UTF-16 code units (JavaScript, Java) or code points (Python).
   */
  offsets?: "utf16" | "code_points";
  /**
   * Read the beginning of a text that is too long, instead of refusing it; `truncated` says how much.
   */
  truncate?: boolean;
  /**
   * Below this confidence of the best intent the text is out of scope: `intent` is null. By default the model's own threshold; 0 rejects nothing.
   */
  oos_threshold?: number;
  /**
   * Whether the fallback model answers: `auto` (or true) when the one asked for fails, is overloaded or not ready, `never` (or false), `only`: without asking the other. The answer says so. The server's own policy by default.
   */
  fallback?: ("auto" | "never" | "only") | boolean;
  /**
   * Longest time for the answer, in milliseconds; the server's own limit is the longest that counts.
   */
  timeout_ms?: number;
  /**
   * Say what dates, times, durations and numbers stand for: `resolved` of a slot. English.
   */
  resolve?: boolean;
  /**
   * Where the text was said; for `resolve`.
   */
  timezone?: string;
  /**
   * When the text was said; for `resolve`. Now by default.
   */
  reference_time?: string;
}
/**
 * The answer to `text`.
 */
export interface ClassifyAnswer {
  /**
   * The request's id, as in the header `x-request-id` and the log.
   */
  id: string;
  /**
   * `name@version` of the model that answered.
   */
  model: string;
  engine: "single-pass" | "generate" | "dual-decoder" | "dual-encoder" | "joint-encoder";
  /**
   * null: the model that was asked for has answered.
   */
  fallback: Fallback | null;
  usage: Usage;
  timing_ms: Timing;
  /**
   * The text, as it was sent.
   */
  text: string;
  /**
   * null: out of scope.
   */
  intent?: Guess | null;
  /**
   * The `top_k` best intents, best first; never the label that stands for none of them.
   */
  intent_ranking?: Guess[];
  /**
   * Present when the request or the model has an `oos_threshold`, or the model a label to reject with.
   */
  out_of_scope?: boolean;
  /**
   * 1 less the confidence of the best intent, so high when out of scope. Present as `out_of_scope` is.
   */
  out_of_scope_score?: number;
  /**
   * In the order of the text; they never overlap.
   */
  slots?: Slot[];
  topic?: Topic;
  /**
   * The `top_k` best topics, best first.
   */
  topic_ranking?: Topic[];
  /**
   * Present when the text was cut.
   */
  truncated?: {
    /**
     * What the task that read the least has read.
     */
    read_tokens: number;
    total_tokens: number;
  };
}
/**
 * The fallback has answered for another model.
 */
export interface Fallback {
  /**
   * `name@version` of the model that was asked for.
   */
  from: string;
  /**
   * What kept it from answering; `requested`: the policy `only`.
   */
  reason: "engine_failed" | "overloaded" | "not_ready" | "breaker_open" | "requested";
}
export interface Usage {
  /**
   * Tokens that the model read, over all of its passes.
   */
  prompt_tokens: number;
  /**
   * Tokens of the prompt that were taken from a cache.
   */
  cached_tokens: number;
  /**
   * Tokens that the model wrote: none in a single pass.
   */
  generated_tokens: number;
  /**
   * Texts whose answer was known and nothing was run for: the times are those of this request.
   */
  cached_texts?: number;
  /**
   * Slot values that the model wrote and the text does not say: left out.
   */
  dropped_slots?: number;
}
export interface Timing {
  /**
   * Cutting the texts and turning them into tokens.
   */
  tokenize: number;
  /**
   * From then until the first forward pass began.
   */
  queue: number;
  /**
   * From then to the end of the last one.
   */
  inference: number;
  /**
   * Making labels, slots and confidences of the scores.
   */
  decode: number;
  /**
   * From the request's arrival to the answer.
   */
  total: number;
}
export interface Guess {
  name: string;
  /**
   * Calibrated probability.
   */
  confidence: number;
}
export interface Slot {
  name: string;
  /**
   * What the text says, letter by letter: `text.slice(start, end)`.
   */
  value: string;
  /**
   * First character, in the unit of the request's `offsets`.
   */
  start: number;
  /**
   * The character after the last.
   */
  end: number;
  /**
   * Calibrated probability.
   */
  confidence: number;
  /**
   * With `resolve`, of slots that hold a date, time, duration or number: what it stands for; null: unclear.
   */
  resolved?: Resolved | null;
}
export interface Topic {
  name: string;
  /**
   * Calibrated probability.
   */
  confidence: number;
  /**
   * In `topic` the most probable group, by the sum of its topics; in `topic_ranking` the topic's own group.
   */
  group: string;
}
/**
 * The answer to `texts`.
 */
export interface BatchAnswer {
  /**
   * The request's id, as in the header `x-request-id` and the log.
   */
  id: string;
  /**
   * `name@version` of the model that answered.
   */
  model: string;
  engine: "single-pass" | "generate" | "dual-decoder" | "dual-encoder" | "joint-encoder";
  /**
   * null: the model that was asked for has answered.
   */
  fallback: Fallback | null;
  usage: Usage;
  timing_ms: Timing;
  results: TextAnswer[];
}
export interface TextAnswer {
  /**
   * The text, as it was sent.
   */
  text: string;
  /**
   * null: out of scope.
   */
  intent?: Guess | null;
  /**
   * The `top_k` best intents, best first; never the label that stands for none of them.
   */
  intent_ranking?: Guess[];
  /**
   * Present when the request or the model has an `oos_threshold`, or the model a label to reject with.
   */
  out_of_scope?: boolean;
  /**
   * 1 less the confidence of the best intent, so high when out of scope. Present as `out_of_scope` is.
   */
  out_of_scope_score?: number;
  /**
   * In the order of the text; they never overlap.
   */
  slots?: Slot[];
  topic?: Topic;
  /**
   * The `top_k` best topics, best first.
   */
  topic_ranking?: Topic[];
  /**
   * Present when the text was cut.
   */
  truncated?: {
    /**
     * What the task that read the least has read.
     */
    read_tokens: number;
    total_tokens: number;
  };
}
export interface CompareRequest {
  /**
   * The text to classify.
   */
  text: string;
  /**
   * What to answer; all that the model can by default. Tasks that are not asked for cost less.
   *
   * @minItems 1
   */
  tasks?: ("intent" | "slots" | "topic")[];
  /**
   * Length of `intent_ranking` and `topic_ranking`.
   */
  top_k?: number;
  /**
   * Unit of the slots' `start` and `end`: UTF-16 code units (JavaScript, Java) or code points (Python).
   */
  offsets?: "utf16" | "code_points";
  /**
   * Read the beginning of a text that is too long, instead of refusing it; `truncated` says how much.
   */
  truncate?: boolean;
  /**
   * Below this confidence of the best intent the text is out of scope: `intent` is null. By default the model's own threshold; 0 rejects nothing.
   */
  oos_threshold?: number;
  /**
   * Longest time for the answer, in milliseconds; the server's own limit is the longest that counts.
   */
  timeout_ms?: number;
  /**
   * Say what dates, times, durations and numbers stand for: `resolved` of a slot. English.
   */
  resolve?: boolean;
  /**
   * Where the text was said; for `resolve`.
   */
  timezone?: string;
  /**
   * When the text was said; for `resolve`. Now by default.
   */
  reference_time?: string;
  /**
   * Who is to answer; by default every engine of every model that is ready.
   *
   * @minItems 1
   * @maxItems 20
   */
  engines?: {
    /**
     * How the text is to be read. Without `model`, the first model with this engine answers.
     */
    engine?: "single-pass" | "generate" | "dual-decoder" | "dual-encoder" | "joint-encoder";
    /**
     * A model of `GET /models`, as `name` (its highest version) or `name@version`.
     */
    model?: string;
  }[];
}
export interface CompareAnswer {
  /**
   * The request's id, as in the header `x-request-id` and the log.
   */
  id: string;
  /**
   * In the order in which the engines were named; they ran one by one.
   */
  results: ComparedAnswer[];
}
/**
 * Either `answer` or `error`.
 */
export interface ComparedAnswer {
  /**
   * `name@version` of the model that answered.
   */
  model: string;
  engine: "single-pass" | "generate" | "dual-decoder" | "dual-encoder" | "joint-encoder";
  answer?: {
    /**
     * The text, as it was sent.
     */
    text: string;
    /**
     * null: out of scope.
     */
    intent?: Guess | null;
    /**
     * The `top_k` best intents, best first; never the label that stands for none of them.
     */
    intent_ranking?: Guess[];
    /**
     * Present when the request or the model has an `oos_threshold`, or the model a label to reject with.
     */
    out_of_scope?: boolean;
    /**
     * 1 less the confidence of the best intent, so high when out of scope. Present as `out_of_scope` is.
     */
    out_of_scope_score?: number;
    /**
     * In the order of the text; they never overlap.
     */
    slots?: Slot[];
    topic?: Topic;
    /**
     * The `top_k` best topics, best first.
     */
    topic_ranking?: Topic[];
    /**
     * Present when the text was cut.
     */
    truncated?: {
      /**
       * What the task that read the least has read.
       */
      read_tokens: number;
      total_tokens: number;
    };
    usage: Usage;
    timing_ms: Timing;
  };
  error?: {
    code:
      | "invalid_json"
      | "invalid_request"
      | "unknown_field"
      | "unsupported_media_type"
      | "body_too_large"
      | "empty_text"
      | "invalid_text"
      | "too_many_texts"
      | "text_too_long"
      | "unknown_task"
      | "unknown_engine"
      | "unknown_model"
      | "engine_not_in_model"
      | "task_not_in_model"
      | "unauthorized"
      | "forbidden"
      | "rate_limited"
      | "not_found"
      | "method_not_allowed"
      | "headers_too_large"
      | "expectation_failed"
      | "request_timeout"
      | "not_ready"
      | "overloaded"
      | "breaker_open"
      | "no_fallback"
      | "deadline_exceeded"
      | "client_closed_request"
      | "engine_failed"
      | "invalid_bundle"
      | "model_refused"
      | "internal";
    message: string;
  };
}
export interface Models {
  models: Model[];
}
export interface Model {
  /**
   * `name@version`
   */
  model: string;
  name: string;
  version: string;
  engine: "single-pass" | "generate" | "dual-decoder" | "dual-encoder" | "joint-encoder";
  /**
   * The library that runs it; absent until it is ready.
   */
  runtime?: "llama.cpp" | "onnxruntime";
  state: "loading" | "ready" | "failed";
  /**
   * Answers requests that name no model.
   */
  default: boolean;
  /**
   * Answers when another model fails.
   */
  fallback: boolean;
  description: string;
  language: string;
  license: string;
  tasks: {
    intent?: {
      labels: string[];
      /**
       * Of the labels the one that stands for none of the others.
       */
      reject?: string;
      /**
       * In force when a request has none.
       */
      oos_threshold?: number;
    };
    slots?: {
      /**
       * Names of slots.
       */
      labels: string[];
    };
    topic?: {
      labels: string[];
      /**
       * Group by label.
       */
      groups: {
        [k: string]: string;
      };
    };
  };
  limits: {
    /**
     * Most tokens of a text that intent and slots are read from.
     */
    window_tokens: number;
    /**
     * Most tokens of a text that the topic is read from.
     */
    max_tokens: number;
  };
}
export interface Readiness {
  /**
   * `ready`: the default model or its fallback answers.
   */
  status: "ready" | "loading" | "unavailable" | "draining";
  engines: {
    /**
     * `name@version`
     */
    model: string;
    /**
     * Absent when the bundle could not be read.
     */
    engine?: "single-pass" | "generate" | "dual-decoder" | "dual-encoder" | "joint-encoder";
    state: "loading" | "ready" | "failed";
    default: boolean;
    fallback: boolean;
    /**
     * Present when failed.
     */
    error?: string;
  }[];
}
export interface ErrorAnswer {
  error: {
    /**
     * Stable; made for programs.
     */
    code:
      | "invalid_json"
      | "invalid_request"
      | "unknown_field"
      | "unsupported_media_type"
      | "body_too_large"
      | "empty_text"
      | "invalid_text"
      | "too_many_texts"
      | "text_too_long"
      | "unknown_task"
      | "unknown_engine"
      | "unknown_model"
      | "engine_not_in_model"
      | "task_not_in_model"
      | "unauthorized"
      | "forbidden"
      | "rate_limited"
      | "not_found"
      | "method_not_allowed"
      | "headers_too_large"
      | "expectation_failed"
      | "request_timeout"
      | "not_ready"
      | "overloaded"
      | "breaker_open"
      | "no_fallback"
      | "deadline_exceeded"
      | "client_closed_request"
      | "engine_failed"
      | "invalid_bundle"
      | "model_refused"
      | "internal";
    /**
     * Made for people; may change.
     */
    message: string;
    /**
     * The request's field at fault, as a path: `texts[3]`.
     */
    field?: string;
    /**
     * Figures of the fault, by code.
     */
    details?: {
      [k: string]: unknown;
    };
  };
}
