import { Router } from "express";
import { z } from "zod";
import type { ModelManager } from "../lifecycle/manager.js";
import { REFUSAL_REASONS } from "../lifecycle/refusal.js";
import { jsonBody } from "./middleware/json.js";
import { body, FAULTS, json, type Paths } from "./openapi/operations.js";
import { parseBody } from "./parse.js";
import { route } from "./route.js";
import { ErrorAnswer } from "./schemas.js";

const ChangeRequest = z
  .strictObject({
    allow_schema_change: z
      .boolean()
      .default(false)
      .describe("Whether the labels of a task may change with the model: callers may not know the new ones."),
  })
  .meta({ id: "ModelChangeRequest" });

const ChangeAnswer = z
  .strictObject({
    model: z.string().describe("`name@version` of the model that was changed."),
    replaced: z.string().optional().describe("The model whose place it took, which finishes what it has begun."),
    default: z.string().optional().describe("The model that answers requests that name none."),
    took_ms: z.number().nonnegative(),
  })
  .meta({ id: "ModelChange" });

const MAX_BODY_BYTES = 1_024;

const EXAMPLES = {
  usual: { summary: "Only if callers see the same labels", value: {} },
  changed: { summary: "Callers know of the new labels", value: { allow_schema_change: true } },
};

const SUMMARIES = {
  load: "Reads a model from the disk, warms and checks it, and puts it into service in the place of the one it follows",
  unload: "Takes a model out of service, when it has answered what it was asked",
  activate: "Makes a model the one that answers requests that name none",
} as const;

export const adminPaths: Paths = Object.fromEntries(
  Object.entries(SUMMARIES).map(([action, summary]) => [
    `/admin/models/{name}/${action}`,
    {
      post: {
        operationId: `${action}Model`,
        tags: ["Operate"],
        summary,
        description: `Needs a key of scope \`admin\`. A refusal changes nothing; its \`details.reason\` is one of ${REFUSAL_REASONS.join(", ")}.`,
        parameters: [
          {
            name: "name",
            in: "path" as const,
            required: true,
            description: "`name`, which means its highest version, or `name@version`",
            schema: { type: "string" as const },
          },
        ],
        requestBody: { ...body(ChangeRequest, EXAMPLES), required: false },
        responses: {
          200: json("The change was made", ChangeAnswer),
          ...FAULTS,
          404: json("There is no such model", ErrorAnswer),
          409: json("The change was refused", ErrorAnswer),
        },
      },
    },
  ]),
);

/** Who may call them is the business of the guard, which stands before them. */
export function adminRoutes(manager: ModelManager): Router {
  const router = Router();
  for (const action of ["load", "unload", "activate"] as const) {
    route(router, "post", `/admin/models/:name/${action}`, jsonBody(MAX_BODY_BYTES), async (req, res) => {
      const request = parseBody(ChangeRequest, req.body ?? {});
      const options = { allowSchemaChange: request.allow_schema_change };
      const { tookMs, ...change } = await manager[action](String(req.params.name), options);
      res.json({ ...change, took_ms: Math.round(tookMs) } satisfies z.infer<typeof ChangeAnswer>);
    });
  }
  return router;
}
