import type { z } from "zod";
import type { ModelInfo as ModelSchema, ModelsAnswer } from "../../src/http/schemas.js";

export type { ClassifyAnswer, CompareAnswer, Guess, SlotAnswer, TextAnswer } from "../../src/classify/answer.js";
export type ModelInfo = z.infer<typeof ModelSchema>;
export type Models = z.infer<typeof ModelsAnswer>;
