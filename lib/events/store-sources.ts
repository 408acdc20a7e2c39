import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import type { Db, Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { KnownSource } from "#lib/events/known-source";
import type { SourceSigns } from "#lib/events/rules-source-state";
import type { SourceKind } from "#lib/events/schema";

export interface SourceRow {
  id: number;
  registry_id: number;
  registry: string;
  kind: SourceKind;
  name: string;
  cluster: string | null;
  secret_set: boolean;
  ended_at: Date | null;
  created_at: Date;
  last_delivery_at: Date | null;
  last_event_at: Date | null;
  /** How long the newest event was on its way. */
  lag_ms: number | null;
  canary_at: Date | null;
  accepted: bigint;
  duplicate: bigint;
  ignored: bigint;
  unreadable: bigint;
  conflicting: bigint;
  last_problem: string | null;
  last_problem_at: Date | null;
}

const columns = Prisma.sql`s.id, s.registry_id, r.slug AS registry, s.kind, s.name, s.cluster, s.ended_at, s.created_at,
  CASE WHEN s.kind = 'distribution' THEN r.ingest_secret_hash ELSE s.secret_hash END IS NOT NULL AS secret_set,
  s.last_delivery_at, s.last_event_at,
  (SELECT extract(epoch FROM e.received_at - e.last_at)::float8 * 1000 FROM registry_event e
    WHERE e.registry_id = s.registry_id AND e.source_id = s.id AND e.at <= s.last_event_at
      AND e.at > s.last_event_at - interval '1 hour' ORDER BY e.at DESC LIMIT 1) AS lag_ms,
  s.canary_at, s.accepted, s.duplicate, s.ignored, s.unreadable, s.conflicting, s.last_problem, s.last_problem_at`;

/** Sources of registries that the scope covers as a whole, in the order of their registries. */
export async function listSourceRows(db: Db, registry: string | null, scope: Scope): Promise<SourceRow[]> {
  return db.$queryRaw<SourceRow[]>`
    SELECT ${columns} FROM event_source s JOIN registry r ON r.id = s.registry_id
    WHERE r.disconnected_at IS NULL AND s.ended_at IS NULL AND (${registry}::text IS NULL OR r.slug = ${registry})
      AND ${scopeCondition(onlyWhole(scope), "r.id", "r.slug")}
    ORDER BY r.slug, s.id LIMIT 1000`;
}

/** A source belongs to a registry as a whole: a role for a part of it does not reach so far. */
function onlyWhole(scope: Scope): Scope {
  return scope.everywhere ? scope : { ...scope, rules: scope.rules.filter((rule) => rule.pattern === null) };
}

export async function listWatchedSourceRows(
  db: Db,
  registryId: number | null,
): Promise<(SourceSigns & { id: number; registry: string; name: string })[]> {
  return db.$queryRaw<(SourceSigns & { id: number; registry: string; name: string })[]>`
    SELECT s.id, r.slug AS registry, s.kind, s.name, s.last_delivery_at AS "lastDeliveryAt", s.canary_at AS "canaryAt",
      s.ended_at AS "endedAt",
      CASE WHEN s.kind = 'distribution' THEN r.ingest_secret_hash ELSE s.secret_hash END IS NOT NULL AS "secretSet"
    FROM event_source s JOIN registry r ON r.id = s.registry_id
    WHERE r.disconnected_at IS NULL AND s.ended_at IS NULL AND (${registryId}::int IS NULL OR r.id = ${registryId})
    ORDER BY r.slug, s.id LIMIT 1000`;
}

export async function findSourceRow(db: Db | Tx, id: number): Promise<SourceRow | null> {
  const rows = await db.$queryRaw<SourceRow[]>`
    SELECT ${columns} FROM event_source s JOIN registry r ON r.id = s.registry_id WHERE s.id = ${id}`;
  return rows[0] ?? null;
}

export async function insertSource(
  tx: Tx,
  source: {
    registryId: number;
    kind: SourceKind;
    name: string;
    cluster: string | null;
    /** Null where nobody can post to it. */
    secretHash: string | null;
    createdAt: Date;
    createdByName: string;
  },
): Promise<number> {
  const row = await tx.eventSource.create({ data: source, select: { id: true } });
  return row.id;
}

export async function isSecretTaken(tx: Tx, secretHash: string): Promise<boolean> {
  const [source, registry] = await Promise.all([
    tx.eventSource.findUnique({ where: { secretHash }, select: { id: true } }),
    tx.registry.findUnique({ where: { ingestSecretHash: secretHash }, select: { id: true } }),
  ]);
  return source !== null || registry !== null;
}

export async function updateSourceSecret(tx: Tx, id: number, secretHash: string): Promise<void> {
  await tx.eventSource.update({ where: { id }, data: { secretHash } });
}

/** What it told stays; its secret ends. */
export async function endSource(tx: Tx, id: number, at: Date): Promise<void> {
  await tx.eventSource.update({ where: { id }, data: { endedAt: at, secretHash: null } });
}

export async function listUnreadable(db: Db, id: number): Promise<{ receivedAt: Date; sample: string }[]> {
  return db.eventUnreadable.findMany({
    where: { sourceId: id },
    orderBy: { id: "desc" },
    take: 50,
    select: { receivedAt: true, sample: true },
  });
}

/** Keeps the newest unreadable deliveries of each source only. */
export async function pruneUnreadable(db: Db): Promise<void> {
  await db.$executeRaw`
    DELETE FROM event_unreadable u USING (
      SELECT id, row_number() OVER (PARTITION BY source_id ORDER BY id DESC) AS n FROM event_unreadable
    ) x WHERE x.id = u.id AND x.n > 50`;
}

/** Makes the partitions of the weeks that come, so that nothing has to be told apart later. */
export async function ensureEventPartitions(db: Db, now: Date): Promise<void> {
  await db.$transaction(async (tx) => {
    // Five weeks ahead there is time: whoever reads or writes events now goes first.
    await tx.$executeRaw`SET LOCAL lock_timeout = '3s'`;
    await tx.$executeRaw`SELECT ensure_event_partitions(${now}::timestamptz, ${now}::timestamptz + interval '5 weeks')`;
  });
}

/** The source of each of these registries through which our own token endpoint tells of refusals. */
export async function findDenialSources(db: Tx, registryIds: readonly number[]): Promise<KnownSource[]> {
  return db.$queryRaw<KnownSource[]>`
    SELECT s.id, s.registry_id AS "registryId", s.kind, s.cluster, r.url AS "registryUrl", NULL AS "secretHash"
    FROM event_source s JOIN registry r ON r.id = s.registry_id
    WHERE s.kind = 'token-denials' AND s.registry_id = ANY(${[...registryIds]}::int[])`;
}

export async function findSourceBySecretHash(tx: Tx, secretHash: string): Promise<number | null> {
  const row = await tx.eventSource.findUnique({ where: { secretHash }, select: { id: true } });
  return row?.id ?? null;
}

export interface CanaryTarget {
  registryId: number;
  /** Null where nothing is known that could be asked for. */
  repository: string | null;
  tag: string | null;
}

/** Registries with a source that has been heard, or could be, and that were not asked since; with one tag of each. */
export async function listCanaryTargets(db: Db, since: Date): Promise<CanaryTarget[]> {
  return db.$queryRaw<CanaryTarget[]>`
    SELECT r.id AS "registryId", x.repository, x.tag
    FROM registry r LEFT JOIN LATERAL (
      SELECT p.name AS repository, t.name AS tag FROM repository p JOIN tag t ON t.repository_id = p.id
      WHERE p.registry_id = r.id AND p.missing_since IS NULL LIMIT 1) x ON true
    WHERE r.disconnected_at IS NULL AND (r.canary_sent_at IS NULL OR r.canary_sent_at <= ${since})
      AND EXISTS (SELECT FROM event_source s WHERE s.registry_id = r.id AND s.ended_at IS NULL AND
        s.kind IN ('distribution', 'registry-logs') AND (s.last_delivery_at IS NOT NULL
          OR CASE WHEN s.kind = 'distribution' THEN r.ingest_secret_hash ELSE s.secret_hash END IS NOT NULL))`;
}

/** Marks registries as asked now; returns those that nobody else marked meanwhile. */
export async function markCanariesSent(
  db: Db,
  registryIds: readonly number[],
  now: Date,
  everyMs: number,
): Promise<number[]> {
  const rows = await db.$queryRaw<{ id: number }[]>`
    UPDATE registry SET canary_sent_at = ${now} WHERE id = ANY(${[...registryIds]}::int[])
      AND (canary_sent_at IS NULL OR canary_sent_at <= ${new Date(now.getTime() - everyMs)}) RETURNING id`;
  return rows.map((row) => row.id);
}
