import type { Db, Tx } from "#lib/db/client";
import { listFolders } from "#lib/inventory/repository-folders";

/** Adds repositories that are not known yet, and returns those. */
export async function insertRepositories(
  tx: Tx,
  registryId: number,
  names: readonly string[],
): Promise<{ id: number; name: string }[]> {
  if (names.length === 0) return [];
  const rows = await tx.$queryRaw<{ id: bigint; name: string }[]>`
    INSERT INTO repository (registry_id, name)
    SELECT ${registryId}, x.name FROM unnest(${[...names].sort()}::text[]) AS x(name)
    WHERE NOT EXISTS (SELECT FROM repository r WHERE r.registry_id = ${registryId} AND r.name = x.name)
    ON CONFLICT (registry_id, name) DO NOTHING
    RETURNING id, name`;
  await countInFolders(
    tx,
    registryId,
    rows.map((row) => row.name),
    1,
  );
  return rows.map((row) => ({ id: Number(row.id), name: row.name }));
}

export async function listRepositoryIds(
  tx: Tx,
  registryId: number,
  names: readonly string[],
): Promise<{ id: number; name: string }[]> {
  if (names.length === 0) return [];
  const rows = await tx.$queryRaw<{ id: bigint; name: string }[]>`
    SELECT id, name FROM repository WHERE registry_id = ${registryId} AND name = ANY(${[...names]}::text[])`;
  return rows.map((row) => ({ id: Number(row.id), name: row.name }));
}

async function countInFolders(
  tx: Tx,
  registryId: number,
  names: readonly string[],
  step: 1 | -1,
): Promise<void> {
  if (names.length === 0) return;
  const folders = listFolders(names).map(({ path, parentPath, count }) => ({
    p: path,
    u: parentPath,
    n: count * step,
  }));
  await tx.$executeRaw`
    INSERT INTO repository_folder AS f (registry_id, path, parent_path, repository_count)
    SELECT ${registryId}, x.p, x.u, x.n
    FROM json_to_recordset(${JSON.stringify(folders)}::json) AS x(p text, u text, n int)
    ON CONFLICT (registry_id, path) DO UPDATE SET repository_count = f.repository_count + excluded.repository_count`;
}

/** Marks repositories as gone from their registry. */
export async function markRepositoriesMissing(
  tx: Tx,
  registryId: number,
  names: readonly string[],
  at: Date,
): Promise<void> {
  if (names.length === 0) return;
  const rows = await tx.$queryRaw<{ name: string }[]>`
    UPDATE repository SET missing_since = ${at}
    WHERE registry_id = ${registryId} AND name = ANY(${[...names]}::text[]) AND missing_since IS NULL
    RETURNING name`;
  await countInFolders(
    tx,
    registryId,
    rows.map((row) => row.name),
    -1,
  );
}

/** Marks repositories as there again. */
export async function markRepositoriesPresent(
  tx: Tx,
  registryId: number,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  const rows = await tx.$queryRaw<{ name: string }[]>`
    UPDATE repository SET missing_since = NULL
    WHERE registry_id = ${registryId} AND name = ANY(${[...names]}::text[]) AND missing_since IS NOT NULL
    RETURNING name`;
  await countInFolders(
    tx,
    registryId,
    rows.map((row) => row.name),
    1,
  );
}

/** Counts what the repositories hold; rows that are right already are not written. */
export async function refreshRepositoryStats(tx: Tx, repositoryIds: readonly number[]): Promise<void> {
  if (repositoryIds.length === 0) return;
  await tx.$executeRaw`
    WITH wanted AS (
      SELECT x.id FROM unnest(${[...repositoryIds].sort((a, b) => a - b)}::bigint[]) AS x(id)
    ), tags AS (
      SELECT t.repository_id, count(*)::int AS tag_count, max(t.pushed_at) AS pushed_at
      FROM tag t JOIN wanted w ON w.id = t.repository_id
      WHERE t.name !~ '^(sha256-[0-9a-f]{64}|sha512-[0-9a-f]{64,128})([.](sig|att|sbom))?$'
      GROUP BY 1
    ), manifests AS (
      SELECT m.repository_id, count(*)::int AS manifest_count, sum(m.size_bytes) AS bytes, max(m.pushed_at) AS pushed_at,
        CASE WHEN bool_or(m.kind IN ('image', 'index')) THEN 'image'
          WHEN bool_or(m.kind = 'helm-chart') THEN 'helm-chart' ELSE 'artifact' END AS kind
      FROM manifest m JOIN wanted w ON w.id = m.repository_id
      WHERE m.deleted_at IS NULL GROUP BY 1
    ), blobs AS (
      SELECT d.repository_id, sum(b.size_bytes) AS bytes
      FROM (
        SELECT DISTINCT m.repository_id, mb.blob_id
        FROM manifest m JOIN wanted w ON w.id = m.repository_id JOIN manifest_blob mb ON mb.manifest_id = m.id
        WHERE m.deleted_at IS NULL
      ) d JOIN blob b ON b.id = d.blob_id
      GROUP BY 1
    ), fresh AS (
      SELECT w.id, coalesce(t.tag_count, 0) AS tag_count, coalesce(m.manifest_count, 0) AS manifest_count,
        coalesce(m.bytes, 0) + coalesce(b.bytes, 0) AS size_bytes, greatest(t.pushed_at, m.pushed_at) AS pushed_at,
        m.kind
      FROM wanted w
      LEFT JOIN tags t ON t.repository_id = w.id
      LEFT JOIN manifests m ON m.repository_id = w.id
      LEFT JOIN blobs b ON b.repository_id = w.id
    )
    UPDATE repository r SET tag_count = f.tag_count, manifest_count = f.manifest_count,
      size_bytes = f.size_bytes, kind = f.kind, last_pushed_at = greatest(r.last_pushed_at, f.pushed_at)
    FROM fresh f
    WHERE r.id = f.id AND (r.tag_count, r.manifest_count, r.size_bytes, r.kind, r.last_pushed_at)
      IS DISTINCT FROM (f.tag_count, f.manifest_count, f.size_bytes, f.kind, greatest(r.last_pushed_at, f.pushed_at))`;
}

/** What walks more than this would take seconds after every push: it is counted with its registry alone. */
const promptManifests = 10_000;

/**
 * The part of these repositories that no other one of their registry holds. What others hold alone when these let go
 * of it, and the part of very large ones, is found by refreshRegistryStats.
 */
export async function refreshUniqueBytes(tx: Tx, repositoryIds: readonly number[]): Promise<void> {
  if (repositoryIds.length === 0) return;
  await tx.$executeRaw`
    WITH wanted AS MATERIALIZED (
      SELECT id, registry_id FROM repository
      WHERE id = ANY(${[...repositoryIds]}::bigint[]) AND manifest_count <= ${promptManifests} ORDER BY id
    ), held AS (
      SELECT DISTINCT m.repository_id, mb.blob_id
      FROM wanted w JOIN manifest m ON m.repository_id = w.id JOIN manifest_blob mb ON mb.manifest_id = m.id
      WHERE m.deleted_at IS NULL
    ), alone AS (
      SELECT h.repository_id, b.size_bytes FROM held h JOIN blob b ON b.id = h.blob_id
      WHERE NOT EXISTS (SELECT FROM manifest_blob mb JOIN manifest m ON m.id = mb.manifest_id
        WHERE mb.blob_id = h.blob_id AND m.repository_id <> h.repository_id AND m.deleted_at IS NULL)
      UNION ALL
      SELECT m.repository_id, m.size_bytes FROM wanted w JOIN manifest m ON m.repository_id = w.id
      WHERE m.deleted_at IS NULL
        AND NOT EXISTS (SELECT FROM manifest o JOIN repository q ON q.id = o.repository_id
          WHERE o.digest = m.digest AND o.repository_id <> m.repository_id AND o.deleted_at IS NULL
            AND q.registry_id = w.registry_id)
    ), fresh AS (
      SELECT w.id, coalesce((SELECT sum(a.size_bytes) FROM alone a WHERE a.repository_id = w.id), 0) AS bytes
      FROM wanted w
    )
    UPDATE repository r SET unique_bytes = f.bytes FROM fresh f
    WHERE r.id = f.id AND r.unique_bytes IS DISTINCT FROM f.bytes`;
}

const uniqueBatch = 1_000;

/** Sums of a whole registry, each blob and manifest once, and which part of each repository is its alone. */
export async function refreshRegistryStats(db: Db, registryId: number): Promise<void> {
  const [found] = await db.$queryRaw<{ bytes: bigint; changed: { i: number; b: number }[] }[]>`
    WITH live AS MATERIALIZED (
      SELECT m.id, m.repository_id, m.digest, m.size_bytes
      FROM repository r JOIN manifest m ON m.repository_id = r.id
      WHERE r.registry_id = ${registryId} AND m.deleted_at IS NULL
    ), held AS (
      SELECT mb.blob_id, min(l.repository_id) AS first, max(l.repository_id) AS last
      FROM live l JOIN manifest_blob mb ON mb.manifest_id = l.id GROUP BY 1
    ), parts AS MATERIALIZED (
      SELECT b.size_bytes, h.first, h.last FROM held h JOIN blob b ON b.id = h.blob_id
      UNION ALL
      SELECT min(size_bytes), min(repository_id), max(repository_id) FROM live GROUP BY digest
    ), alone AS (
      SELECT first AS id, sum(size_bytes) AS bytes FROM parts WHERE first = last GROUP BY 1
    )
    SELECT (SELECT coalesce(sum(size_bytes), 0)::bigint FROM parts) AS bytes,
      coalesce((SELECT json_agg(json_build_object('i', r.id, 'b', coalesce(a.bytes, 0)) ORDER BY r.id)
        FROM repository r LEFT JOIN alone a ON a.id = r.id
        WHERE r.registry_id = ${registryId} AND r.unique_bytes IS DISTINCT FROM coalesce(a.bytes, 0)), '[]'::json) AS changed`;
  const changed = found?.changed ?? [];
  for (let from = 0; from < changed.length; from += uniqueBatch)
    await db.$executeRaw`
      UPDATE repository r SET unique_bytes = x.b
      FROM json_to_recordset(${JSON.stringify(changed.slice(from, from + uniqueBatch))}::json) AS x(i bigint, b bigint)
      WHERE r.id = x.i`;
  await db.$executeRaw`
    WITH counts AS (
      SELECT count(*)::int AS repository_count, coalesce(sum(tag_count), 0)::int AS tag_count
      FROM repository WHERE registry_id = ${registryId} AND missing_since IS NULL
    )
    UPDATE registry SET repository_count = c.repository_count, tag_count = c.tag_count,
      size_bytes = ${found?.bytes ?? 0n}
    FROM counts c
    WHERE registry.id = ${registryId} AND (registry.repository_count, registry.tag_count, registry.size_bytes)
      IS DISTINCT FROM (c.repository_count, c.tag_count, ${found?.bytes ?? 0n})`;
}
