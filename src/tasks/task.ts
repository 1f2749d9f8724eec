/** The three questions that a text can be asked. Their labels are a bundle's data. */
export const TASK_NAMES = ["intent", "slots", "topic"] as const;
export type TaskName = (typeof TASK_NAMES)[number];
