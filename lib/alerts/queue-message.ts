import type { AlertMessage } from "#lib/alerts/rules-message";
import { insertDelivery } from "#lib/alerts/store";
import type { Tx } from "#lib/db/client";
import { enqueue } from "#lib/jobs/service";

const tries = 8;

/** Writes a notice and its job in the transaction of what it tells of. Over half an hour it is tried eight times. */
export async function queueMessage(
  tx: Tx,
  ruleId: string,
  message: AlertMessage,
  now: Date,
): Promise<string> {
  const delivery = await insertDelivery(tx, ruleId, message, now);
  await enqueue(tx, "alerts.send", { delivery }, { jobKey: `alert:${delivery}`, maxAttempts: tries });
  return delivery;
}
