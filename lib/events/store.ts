import type { Db, Tx } from "#lib/db/client";

/** Notes that on this day the registry told of pulls. */
export async function recordPullsTold(db: Db, registryId: number, receivedAt: Date): Promise<void> {
  await db.$executeRaw`
    INSERT INTO registry_day (registry_id, day)
    VALUES (${registryId}, (${receivedAt}::timestamptz AT TIME ZONE 'UTC')::date) ON CONFLICT DO NOTHING`;
  await db.$executeRaw`
    UPDATE registry SET pulls_since = ${receivedAt} WHERE id = ${registryId} AND pulls_since IS NULL`;
}

export interface WaitingEvent {
  id: bigint;
  event_id: string;
  side: string;
  action: string;
  cause: string | null;
  repository: string | null;
  tag: string | null;
  digest: string | null;
  actor: string | null;
  at: Date;
  last_at: Date;
  received_at: Date;
}

/** The oldest events that have not been taken in, locked for this transaction. */
export async function takeWaiting(tx: Tx, registryId: number, take: number): Promise<WaitingEvent[]> {
  return tx.$queryRaw<WaitingEvent[]>`
    SELECT id, event_id, side, action, cause, repository, tag, digest, actor, at, last_at, received_at
    FROM registry_event WHERE registry_id = ${registryId} AND applied_at IS NULL
    ORDER BY id LIMIT ${take} FOR UPDATE`;
}

export async function markApplied(tx: Tx, registryId: number, rows: readonly WaitingEvent[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE registry_event SET applied_at = now()
    WHERE registry_id = ${registryId} AND applied_at IS NULL AND id = ANY(${rows.map(({ id }) => id)}::bigint[])`;
}

export async function findLastSweep(tx: Tx, registryId: number): Promise<Date | null> {
  const row = await tx.registry.findUnique({ where: { id: registryId }, select: { lastSweptAt: true } });
  return row?.lastSweptAt ?? null;
}

/** Registries with events that nobody takes in: their job was lost. */
export async function listRegistriesWithWaiting(db: Db, olderThanSeconds: number): Promise<number[]> {
  const rows = await db.$queryRaw<{ id: number }[]>`
    SELECT r.id FROM registry r
    WHERE EXISTS (SELECT FROM registry_event e WHERE e.registry_id = r.id AND e.applied_at IS NULL
      AND e.received_at < now() - make_interval(secs => ${olderThanSeconds}::float8))`;
  return rows.map((row) => row.id);
}
