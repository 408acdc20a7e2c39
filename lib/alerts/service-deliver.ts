import { alertMessageSchema } from "#lib/alerts/rules-message";
import { openChannel } from "#lib/alerts/seal-channel";
import { type Attempt, sendMessage } from "#lib/alerts/send-message";
import { findWaitingDelivery, giveUpForgotten, pruneAlerts, recordAttempt } from "#lib/alerts/store";
import { db } from "#lib/db/client";

/** One attempt to send a notice, noted with what came of it. Returns whether it must be tried again. */
export async function deliverNotice(id: string, isLastTry: boolean): Promise<"done" | "again"> {
  const delivery = await findWaitingDelivery(db(), id);
  if (delivery === null) return "done";
  const channel = openChannel(delivery.rule);
  const message = alertMessageSchema.parse(delivery.message);
  const attempt: Attempt =
    channel === null
      ? { outcome: "secret-not-opened", status: null }
      : await sendMessage(channel, id, message);
  const isDelivered = attempt.outcome === "delivered";
  const state = isDelivered ? "delivered" : isLastTry ? "given-up" : "waiting";
  await recordAttempt(db(), id, attempt, state, new Date());
  return isDelivered ? "done" : "again";
}

const forgottenMs = 10 * 60_000;
const keptMs = 30 * 86_400_000;
// As long as the longest cool-down, and a day.
const resolvedKeptMs = 8 * 86_400_000;

export async function tendDeliveries(now: Date): Promise<void> {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  await giveUpForgotten(db(), ago(forgottenMs), now);
  await pruneAlerts(db(), ago(keptMs), ago(resolvedKeptMs));
}
