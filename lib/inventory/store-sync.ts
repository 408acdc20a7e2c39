import type { Db, Tx } from "#lib/db/client";
import { Prisma, type SyncRun } from "#lib/db/generated/client";

export type SyncRunRow = SyncRun;

export interface RunPlace {
  registryId: number;
  kind: string;
  /** Runs of one repository stand beside those of the registry. */
  repository: string | null;
}

/** The newest run of the registry, or of the one repository. With `lock` no other one can begin meanwhile. */
export async function findLatestRun(
  tx: Db | Tx,
  place: RunPlace,
  options: { lock?: boolean } = {},
): Promise<SyncRunRow | null> {
  if (options.lock)
    await tx.$queryRaw`SELECT id FROM registry WHERE id = ${place.registryId} FOR NO KEY UPDATE`;
  return tx.syncRun.findFirst({
    where: { registryId: place.registryId, repository: place.repository },
    orderBy: { id: "desc" },
  });
}

export async function insertRun(
  tx: Tx,
  data: { registryId: number; kind: string; repository: string | null; requestedBy: string },
): Promise<SyncRunRow> {
  return tx.syncRun.create({ data });
}

export async function requeueRun(tx: Tx, id: bigint): Promise<SyncRunRow> {
  return tx.syncRun.update({
    where: { id },
    data: { state: "queued", finishedAt: null, error: null, fence: { increment: 1 } },
  });
}

/** A run that nobody works on yet stops at once. */
export async function requestStop(tx: Tx, run: SyncRunRow): Promise<SyncRunRow> {
  const data = run.state === "queued" ? { state: "stopped", finishedAt: new Date() } : { state: "stopping" };
  return tx.syncRun.update({ where: { id: run.id }, data });
}

export async function listLatestRuns(tx: Db | Tx, registryIds: readonly number[]): Promise<SyncRunRow[]> {
  const ids = await tx.$queryRaw<{ id: bigint }[]>(Prisma.sql`
    SELECT DISTINCT ON (registry_id) id FROM sync_run
    WHERE registry_id = ANY(${[...registryIds]}::int[]) AND repository IS NULL
    ORDER BY registry_id, id DESC`);
  return tx.syncRun.findMany({ where: { id: { in: ids.map((row) => row.id) } } });
}

/** Runs that were asked to stop but whose worker is gone. */
export async function stopAbandonedRuns(tx: Db | Tx, silentSeconds: number): Promise<number> {
  return tx.$executeRaw`
    UPDATE sync_run SET state = 'stopped', finished_at = now(), fence = fence + 1
    WHERE state = 'stopping' AND heartbeat_at < now() - make_interval(secs => ${silentSeconds}::float8)`;
}

/** Keeps the newest runs of each registry. */
export async function pruneRuns(tx: Db | Tx, registryId: number, keep: number): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM sync_run WHERE registry_id = ${registryId} AND state IN ('stopped', 'succeeded', 'failed')
      AND id < (SELECT min(id) FROM (
        SELECT id FROM sync_run WHERE registry_id = ${registryId} ORDER BY id DESC LIMIT ${keep}) newest)`;
}

export interface DueRow {
  id: number;
  sync_every_minutes: number;
  ingest_secret_hash: string | null;
  last_synced_at: Date | null;
  last_swept_at: Date | null;
  last_event_at: Date | null;
  last_attempt_at: Date | null;
}

/** Connected registries with a schedule and without a run under way. */
export async function listScheduledRegistries(tx: Db | Tx): Promise<DueRow[]> {
  return tx.$queryRaw<DueRow[]>`
    SELECT r.id, r.sync_every_minutes, r.ingest_secret_hash, r.last_synced_at, r.last_swept_at, r.last_event_at,
      latest.created_at AS last_attempt_at
    FROM registry r
    LEFT JOIN LATERAL (
      SELECT s.created_at, s.state FROM sync_run s WHERE s.registry_id = r.id AND s.repository IS NULL
      ORDER BY s.id DESC LIMIT 1
    ) latest ON true
    WHERE r.disconnected_at IS NULL AND r.sync_every_minutes > 0
      AND (latest.state IS NULL OR latest.state IN ('succeeded', 'failed'))`;
}

export async function recordRunEnd(tx: Db | Tx, registryId: number, kind: string, at: Date): Promise<void> {
  if (kind === "repository") return;
  await tx.registry.update({
    where: { id: registryId },
    data: kind === "full" ? { lastSyncedAt: at, lastSweptAt: at } : { lastSweptAt: at },
  });
}
