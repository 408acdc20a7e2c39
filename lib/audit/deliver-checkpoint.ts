import { createHash } from "node:crypto";
import { sendWebhook } from "#lib/alerts/send-webhook";
import { findWebhookDelivery, saveWebhookDelivery } from "#lib/audit/store-chain-watch";
import { db } from "#lib/db/client";
import { AddressGuard } from "#lib/oci/address-guard";
import { readAuditWebhookSettings } from "#lib/settings/audit-webhook-settings";

/** Whoever sets the environment owns the machine: private networks are theirs to name. The others are never asked. */
const operatorsNetworks = ["0.0.0.0/0", "::/0"];

export type DeliveryOutcome = { ok: true } | { ok: false; reason: string };

/** One attempt to send a checkpoint to the webhook of the environment; nothing to do where there is none any more. */
export async function deliverCheckpoint(line: string, now: Date): Promise<DeliveryOutcome> {
  const { settings } = readAuditWebhookSettings(process.env);
  if (settings === null) return { ok: true };
  const outcome = await sendWebhook(
    { ...settings, id: nameMessage(line), body: formatMessage(line) },
    { guard: new AddressGuard({ allowedNetworks: operatorsNetworks }), now },
  );
  const before = await findWebhookDelivery(db());
  await saveWebhookDelivery(db(), {
    deliveredAt: outcome.ok ? now : (before?.deliveredAt ?? null),
    failingSince: outcome.ok ? null : (before?.failingSince ?? now),
  });
  return outcome.ok ? { ok: true } : { ok: false, reason: outcome.reason };
}

/** The same for each attempt, and another for another checkpoint. */
function nameMessage(line: string): string {
  return `msg_${createHash("sha256").update(line).digest("base64url").slice(0, 27)}`;
}

/** `data` is the line of the checkpoint file, so that a receiver can keep it as it is. */
function formatMessage(line: string): string {
  const { at } = JSON.parse(line) as { at: string };
  return `{"type":"audit.checkpoint","timestamp":${JSON.stringify(at)},"data":${line}}`;
}
