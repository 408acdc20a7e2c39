import type { Context } from "#lib/auth/context";
import type { Tx } from "#lib/db/client";
import type { Prisma } from "#lib/db/generated/client";

export interface AuditEntry {
  /** Noun and verb: tag.delete, registry.connect, user.disable. */
  action: string;
  /** What it was done to, as a person would name it. */
  target: string;
  registryId?: number;
  repository?: string;
  outcome?: "succeeded" | "denied" | "failed" | "intent";
  /** State around the change, never with a secret in it. */
  before?: Prisma.InputJsonValue;
  after?: Prisma.InputJsonValue;
}

/** Writes the audit row in the caller's transaction: no record, no action. Returns its id. */
export async function recordAudit(tx: Tx, ctx: Context, entry: AuditEntry): Promise<bigint> {
  const row = await tx.auditEvent.create({
    data: {
      at: ctx.now,
      actorKind: ctx.principal.kind,
      actorId: ctx.principal.id,
      actor: ctx.principal.name,
      address: ctx.address,
      agent: ctx.agent,
      action: entry.action,
      target: entry.target,
      registryId: entry.registryId ?? null,
      repository: entry.repository ?? null,
      outcome: entry.outcome ?? "succeeded",
      requestId: ctx.requestId,
      before: entry.before,
      after: entry.after,
    },
    select: { id: true },
  });
  return row.id;
}
