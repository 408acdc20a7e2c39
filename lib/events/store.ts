import type { Db, Tx } from "#lib/db/client";
import type { RegistryNotice } from "#lib/events/parse-envelope";

export const distributionSource = "distribution";

/** The connected registry that this secret belongs to. */
export async function findRegistryBySecret(db: Db, secretHash: string): Promise<number | null> {
  const rows = await db.$queryRaw<{ id: number }[]>`
    SELECT id FROM registry WHERE ingest_secret_hash = ${secretHash} AND disconnected_at IS NULL`;
  return rows[0]?.id ?? null;
}

/** Keeps events that are new. Returns how many were, and how many came again with another content. */
export async function insertNotices(
  tx: Tx,
  registryId: number,
  notices: readonly RegistryNotice[],
  receivedAt: Date,
): Promise<{ inserted: number; conflicting: number }> {
  const input = JSON.stringify(
    notices.map(({ raw, ...notice }, index) => ({ ...notice, raw: JSON.parse(raw), index })),
  );
  const rows = await tx.$queryRaw<{ inserted: number; conflicting: number }[]>`
    WITH input AS (
      SELECT DISTINCT ON (x."eventId") x.* FROM json_to_recordset(${input}::json) AS x("eventId" text, action text,
        repository text, tag text, digest text, "mediaType" text, actor text, address text, agent text,
        at timestamptz, raw jsonb, index int)
      ORDER BY x."eventId", x.index
    ), known AS (
      SELECT e.event_id, e.raw FROM registry_event e JOIN input i ON i."eventId" = e.event_id
      WHERE e.registry_id = ${registryId} AND e.source = ${distributionSource}
    ), added AS (
      INSERT INTO registry_event (registry_id, source, event_id, action, repository, tag, digest, media_type, actor,
        address, agent, at, received_at, raw)
      SELECT ${registryId}, ${distributionSource}, i."eventId", i.action, i.repository, i.tag, i.digest, i."mediaType",
        i.actor, i.address, i.agent, i.at, ${receivedAt}, i.raw
      FROM input i ORDER BY i.index
      ON CONFLICT (registry_id, source, event_id) DO NOTHING
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM added)::int AS inserted,
      (SELECT count(*) FROM known k JOIN input i ON i."eventId" = k.event_id WHERE k.raw <> i.raw)::int AS conflicting`;
  return rows[0] ?? { inserted: 0, conflicting: 0 };
}

/** Notes that the registry speaks to us, at most once a second, and what of it was odd. */
export async function recordArrival(
  tx: Db | Tx,
  registryId: number,
  receivedAt: Date,
  odd: { unreadable: number; conflicting: number },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE registry SET last_event_at = greatest(last_event_at, ${receivedAt}),
      unreadable_events = unreadable_events + ${odd.unreadable}::int,
      conflicting_events = conflicting_events + ${odd.conflicting}::int
    WHERE id = ${registryId} AND (last_event_at IS NULL OR last_event_at < ${receivedAt}::timestamptz - interval '1 second'
      OR ${odd.unreadable + odd.conflicting}::int > 0)`;
}

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
  action: string;
  repository: string;
  tag: string | null;
  digest: string | null;
  actor: string | null;
  at: Date;
  received_at: Date;
}

/** The oldest events that the inventory has not taken in, locked for this transaction. */
export async function takeWaiting(tx: Tx, registryId: number, take: number): Promise<WaitingEvent[]> {
  return tx.$queryRaw<WaitingEvent[]>`
    SELECT id, event_id, action, repository, tag, digest, actor, at, received_at FROM registry_event
    WHERE registry_id = ${registryId} AND applied_at IS NULL
    ORDER BY id LIMIT ${take} FOR UPDATE`;
}

export async function markApplied(tx: Tx, ids: readonly bigint[]): Promise<void> {
  await tx.$executeRaw`UPDATE registry_event SET applied_at = now() WHERE id = ANY(${[...ids]}::bigint[])`;
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
