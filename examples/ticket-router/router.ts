/**
 * Sends support tickets to the desk that they belong to, and what belongs to none of them to a person: the second bundle,
 * onepass-clinc-en, was trained to say that a text is out of its scope.
 *
 *     printf 'my card was stolen\nwhy do cats purr when they sleep\n' | npx tsx examples/ticket-router/router.ts
 */
import { createInterface } from "node:readline";
import { OnepassClient } from "../../clients/typescript/src/index.js";

/** Labels are data: the desk of an intent is all that an app has to know of them. */
const DESKS: Readonly<Record<string, readonly string[]>> = {
  fraud: ["report_fraud", "report_lost_card", "freeze_account", "account_blocked", "card_declined"],
  cards: ["new_card", "damaged_card", "replacement_card_duration", "pin_change", "credit_limit", "credit_limit_change"],
  payments: ["transfer", "pay_bill", "bill_due", "bill_balance", "transactions", "direct_deposit", "routing"],
  travel: ["book_flight", "book_hotel", "flight_status", "lost_luggage", "cancel_reservation", "car_rental"],
};
const DESK_OF = new Map(Object.entries(DESKS).flatMap(([desk, intents]) => intents.map((intent) => [intent, desk])));

const client = new OnepassClient({ url: process.env.ONEPASS_URL ?? "http://127.0.0.1:8080" });
const tickets = createInterface({ input: process.stdin });

// Tickets are asked about in batches while more of them come in, and the answers keep their order.
for await (const { text, intent, out_of_scope } of client.classifyMany(tickets, { model: "onepass-clinc-en" })) {
  const desk = out_of_scope || !intent ? "person" : (DESK_OF.get(intent.name) ?? "person");
  const why = intent ? `${intent.name} ${intent.confidence.toFixed(2)}` : "out of scope";
  console.log(`${desk}\t${why}\t${text}`);
}
