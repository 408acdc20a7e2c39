import { z } from "zod";
import type { Db, Tx } from "#lib/db/client";
import type { KnownSource } from "#lib/events/known-source";
import type { WatchPosition } from "#lib/events/kubernetes/rules-watch";

/** Takes the lease, or prolongs one's own. False where another one holds it. By the clock of the database. */
export async function takeLease(db: Db, key: string, holder: string, ms: number): Promise<boolean> {
  const rows = await db.$queryRaw<{ key: string }[]>`
    INSERT INTO setting AS s (key, value, updated_at)
    VALUES (${key}, jsonb_build_object('holder', ${holder}::text, 'until',
      clock_timestamp() + ${ms}::float8 * interval '1 millisecond'), now())
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
      WHERE s.value->>'holder' = ${holder} OR (s.value->>'until')::timestamptz < clock_timestamp()
    RETURNING s.key`;
  return rows.length > 0;
}

export async function dropLease(db: Db, key: string, holder: string): Promise<void> {
  await db.$executeRaw`DELETE FROM setting WHERE key = ${key} AND value->>'holder' = ${holder}`;
}

const positionSchema = z.object({ resourceVersion: z.string().min(1), at: z.coerce.date() });
const positionKey = (sourceId: number) => `kubernetes.position.${sourceId}`;

export async function findPosition(db: Db, sourceId: number): Promise<WatchPosition | null> {
  const row = await db.setting.findUnique({ where: { key: positionKey(sourceId) } });
  return positionSchema
    .nullable()
    .catch(null)
    .parse(row?.value ?? null);
}

export async function savePosition(
  db: Db,
  sourceId: number,
  { resourceVersion, at }: WatchPosition,
): Promise<void> {
  const key = positionKey(sourceId);
  const value = { resourceVersion, at: at.toISOString() };
  await db.setting.upsert({ where: { key }, create: { key, value }, update: { value } });
}

/** Locks a connected registry, so that two cannot make its watched source twice; false where it is disconnected. */
export async function lockConnectedRegistry(tx: Tx, registryId: number): Promise<boolean> {
  const rows = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM registry WHERE id = ${registryId} AND disconnected_at IS NULL FOR NO KEY UPDATE`;
  return rows.length > 0;
}

export interface ClusterSourceRow extends KnownSource {
  endedAt: Date | null;
}

/** The source of a watched cluster: one without a secret. The one that stands, or the one that ended last. */
export async function findClusterSource(
  tx: Tx,
  registryId: number,
  cluster: string,
): Promise<ClusterSourceRow | null> {
  const rows = await tx.$queryRaw<ClusterSourceRow[]>`
    SELECT s.id, s.registry_id AS "registryId", s.kind, s.cluster, r.url AS "registryUrl", NULL AS "secretHash",
      s.ended_at AS "endedAt"
    FROM event_source s JOIN registry r ON r.id = s.registry_id
    WHERE s.registry_id = ${registryId} AND s.kind = 'kubernetes' AND s.cluster = ${cluster}
      AND s.name = ${nameWatched(cluster)} AND s.secret_hash IS NULL
    ORDER BY s.ended_at DESC NULLS FIRST, s.id DESC LIMIT 1`;
  return rows[0] ?? null;
}

/** Ended sources have no secret either: the name tells those of the worker apart. */
export const nameWatched = (cluster: string) => `Watched cluster ${cluster}`;

export async function recordSourceProblem(db: Db, id: number, at: Date, text: string): Promise<void> {
  await db.eventSource.update({ where: { id }, data: { lastProblem: text, lastProblemAt: at } });
}
