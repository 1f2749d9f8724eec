import type { z } from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject, ZodOpenApiResponsesObject } from "zod-openapi";
import { ErrorAnswer } from "../schemas.js";

/** What a file of routes says of them; `document.ts` joins the parts. */
export type Paths = ZodOpenApiPathsObject;

/** Requests that the document shows and that a test sends, by name. */
export type Examples = Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;

/** What every route that reads a text can answer besides the text's answer. error: the shape of an error. */
export function faultsAs(error: z.ZodType): ZodOpenApiResponsesObject {
  return {
    400: json("The request is at fault; `field` names where", error),
    413: json("The body or a text is too long", error),
    415: json("The body is not JSON in UTF-8", error),
    429: json("Too many requests wait, or one caller sends too many; `Retry-After` says when to come back", error),
    500: json("The engine failed", error),
    503: json("No model is ready, or its engine is left alone after failures", error),
    504: json("There was no answer in time", error),
  };
}

export const FAULTS = faultsAs(ErrorAnswer);

/** A body of JSON: of a response, or of a request. */
export function json(description: string, schema: z.ZodType) {
  return { description, content: { "application/json": { schema } } };
}

/** A body of text. */
export function text(description: string, type = "text/plain") {
  return { description, content: { [type]: { schema: { type: "string" as const } } } };
}

export function body(schema: z.ZodType, examples?: Examples): NonNullable<ZodOpenApiOperationObject["requestBody"]> {
  return { required: true, content: { "application/json": { schema, ...(examples && { examples }) } } };
}

/** A route that is read: it takes nothing and always answers. */
export function read(
  operationId: string,
  tag: string,
  summary: string,
  answer: z.ZodType,
  others: ZodOpenApiResponsesObject = {},
): ZodOpenApiOperationObject {
  return { operationId, tags: [tag], summary, responses: { 200: json("OK", answer), ...others } };
}
