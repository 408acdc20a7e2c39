import type { Tx } from "#lib/db/client";

/** Locks an incident and says how it stands. */
export async function lockIncident(tx: Tx, id: bigint) {
  await tx.$queryRaw`SELECT id FROM incident WHERE id = ${id} FOR UPDATE`;
  return tx.incident.findUnique({
    where: { id },
    select: { acknowledgedAt: true, acknowledgedBy: true, snoozedUntil: true, recoveredAt: true },
  });
}

export async function updateIncidentState(
  tx: Tx,
  id: bigint,
  data: {
    acknowledgedAt: Date | null;
    acknowledgedBy: string | null;
    snoozedUntil: Date | null;
    snoozedBy: string | null;
    updatedAt: Date;
  },
): Promise<void> {
  await tx.incident.update({ where: { id }, data });
}

export async function insertComment(
  tx: Tx,
  comment: { incidentId: bigint; at: Date; author: string; text: string },
): Promise<void> {
  await tx.incidentComment.create({ data: comment });
  await tx.incident.update({ where: { id: comment.incidentId }, data: { updatedAt: comment.at } });
}
