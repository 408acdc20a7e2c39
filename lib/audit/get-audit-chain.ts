import { judgeWatch } from "#lib/audit/rules-watch";
import type { AuditChain } from "#lib/audit/schema";
import { findChainHead } from "#lib/audit/store-chain";
import { findChainWatch, findLastCheckpoint, findWebhookDelivery } from "#lib/audit/store-chain-watch";
import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { isPermitted } from "#lib/auth/rules";
import { db } from "#lib/db/client";

/**
 * Whether the chain over the audit and its checkpoints agree, as the worker found a moment ago: nothing is walked over
 * here. Who may read a part of the audit is told whether it is whole, and not how much there is.
 */
export async function getAuditChain(ctx: Context): Promise<AuditChain> {
  authorizeSomewhere(ctx, "audit.read");
  const [head, watch, checkpoint, delivery] = await Promise.all([
    findChainHead(db()),
    findChainWatch(db()),
    findLastCheckpoint(db()),
    findWebhookDelivery(db()),
  ]);
  const places = checkpoint?.places ?? [];
  const seesAll = isPermitted(ctx.principal, "audit.read");
  const state = head === null ? "broken" : judgeWatch(watch, ctx.now);
  return {
    state,
    links: seesAll && head ? Number(head.seq) : null,
    verifiedThrough: seesAll && watch?.verified ? Number(watch.verified.seq) : null,
    verifiedAt: watch?.verified?.at.toISOString() ?? null,
    lastCheckpointAt: checkpoint?.at.toISOString() ?? null,
    checkpointPlaces: places,
    webhook: places.includes("webhook")
      ? {
          deliveredAt: delivery?.deliveredAt?.toISOString() ?? null,
          failingSince: delivery?.failingSince?.toISOString() ?? null,
        }
      : null,
    firstBreak: state === "broken" ? describeBreak() : null,
  };

  function describeBreak(): AuditChain["firstBreak"] {
    const what = watch?.problem?.what ?? "The head of the chain was taken away.";
    if (!seesAll)
      return { seq: null, eventId: null, what: "Somebody who may read the whole audit can see where." };
    const { seq = null, eventId = null } = watch?.problem ?? {};
    return {
      seq: seq === null ? null : Number(seq),
      eventId: eventId === null ? null : String(eventId),
      what,
    };
  }
}
