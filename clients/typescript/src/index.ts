export { OnepassClient } from "./client.js";
export type { CallOptions, ClassifyOptions, ClientOptions, CompareOptions, ManyOptions } from "./client.js";
export { ConnectionError, OnepassError, TimeoutError } from "./errors.js";
export type { ErrorCode } from "./errors.js";
export type * from "./schema.js";
