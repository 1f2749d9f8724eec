/**
 * A home that does what it is told: an intent is a command, its slots are the arguments, its confidence decides whether to
 * act, to ask back, or to admit that nothing was understood.
 *
 *     npx tsx examples/home-automation/bot.ts "turn off the lights in the kitchen" "wake me up at nine"
 */
import { OnepassClient, type ClassifyAnswer, type Slot } from "../../clients/typescript/src/index.js";

/** Above the first figure the bot acts, above the second it asks first. The confidences are calibrated: 0.8 is wrong one time in five. */
const ACT = 0.8;
const ASK = 0.4;

type Action = (slot: (name: string) => string | undefined) => string;

const ACTIONS: Readonly<Record<string, Action>> = {
  iot_hue_lighton: (slot) => `lights on${place(slot)}`,
  iot_hue_lightoff: (slot) => `lights off${place(slot)}`,
  iot_hue_lightdim: (slot) => `lights darker${place(slot)}`,
  iot_hue_lightup: (slot) => `lights brighter${place(slot)}`,
  iot_hue_lightchange: (slot) => `lights ${slot("color_type") ?? "another colour"}${place(slot)}`,
  iot_wemo_on: (slot) => `${slot("device_type") ?? "the plug"} on`,
  iot_wemo_off: (slot) => `${slot("device_type") ?? "the plug"} off`,
  iot_cleaning: (slot) => `vacuum cleaner starts${place(slot)}`,
  iot_coffee: () => "coffee is being made",
  alarm_set: (slot) => `alarm at ${slot("time") ?? "an hour to be asked for"}${day(slot)}`,
};

const place = (slot: Parameters<Action>[0]) =>
  slot("house_place") === undefined ? "" : ` in the ${slot("house_place")}`;
const day = (slot: Parameters<Action>[0]) => (slot("date") === undefined ? "" : ` on ${slot("date")}`);

/** What a slot stands for where that could be told ("nine" is 09:00), or else what was said. */
function valueOf({ value, resolved }: Slot): string {
  return resolved ? String(resolved.value) : value;
}

export function react({ intent, slots = [] }: ClassifyAnswer): string {
  const action = intent && ACTIONS[intent.name];
  if (!action || intent.confidence < ASK) return "I can't do that.";
  const done = action((name) => {
    const slot = slots.find((one) => one.name === name);
    return slot && valueOf(slot);
  });
  return intent.confidence >= ACT ? done : `Shall I? ${done}`;
}

const client = new OnepassClient({ url: process.env.ONEPASS_URL ?? "http://127.0.0.1:8080" });
for (const text of process.argv.slice(2)) {
  const options = { tasks: ["intent", "slots"] as ("intent" | "slots")[], resolve: true, timezone: "Europe/Berlin" };
  console.log(`${text}\n  -> ${react(await client.classify(text, options))}`);
}
