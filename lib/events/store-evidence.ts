import type { Db } from "#lib/db/client";
import type { FailureCause } from "#lib/failures/schema";

export interface EvidenceOf {
  repository: string;
  reference: string | null;
  from: Date;
  to: Date;
  actor: string | null;
  workload: string | null;
  addresses: readonly string[];
}

export interface EvidenceRow {
  id: string;
  at: Date;
  lastAt: Date;
  receivedAt: Date;
  action: "push" | "pull" | "delete";
  side: string;
  source: string;
  cause: FailureCause | null;
  actor: string | null;
  address: string | null;
  agent: string | null;
  node: string | null;
  message: string | null;
  count: number;
  raw: unknown;
}

/**
 * Pulls of the image by the same client in a window, the newest first; pushes and deletions of its tag by anybody.
 * Ordinary is what went well; a deletion is not, for it may be why the pulls fail.
 */
export async function listEvidenceRows(
  db: Db,
  registryId: number,
  {
    repository,
    reference,
    from,
    to,
    actor,
    workload,
    addresses,
    isOrdinary,
  }: EvidenceOf & { isOrdinary: boolean },
  take: number,
): Promise<EvidenceRow[]> {
  return db.$queryRaw<EvidenceRow[]>`
    SELECT e.id::text AS id, e.at, e.last_at AS "lastAt", e.received_at AS "receivedAt", e.action, e.side, s.name AS source, e.cause, e.actor,
      e.address, e.agent, e.node, e.message, e.count, e.raw
    FROM registry_event e JOIN event_source s ON s.id = e.source_id
    WHERE e.registry_id = ${registryId} AND e.repository = ${repository} AND e.at >= ${from} AND e.at <= ${to}
      AND (e.cause IS NULL AND e.action <> 'delete') = ${isOrdinary}
      AND (${reference}::text IS NULL OR coalesce(e.tag, e.digest) IS NULL OR e.tag = ${reference} OR e.digest = ${reference})
      AND ((e.action = 'pull' AND (e.workload = ${workload} OR e.actor = ${actor} OR e.address = ANY(${[...addresses]}::text[])
          OR (e.address IS NULL AND e.workload IS NULL)))
        OR e.action = 'delete' OR (e.action = 'push' AND e.tag = ${reference}))
    ORDER BY e.at DESC, e.id DESC LIMIT ${take}`;
}
