import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import { db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";

export interface FoundRepository {
  id: bigint;
  registry_id: number;
  name: string;
}

export interface FoundTag {
  registry_id: number;
  repository: string;
  name: string;
  digest: string;
}

const seen = (scope: Scope) => scopeCondition(scope, "r.registry_id", "r.name");
const escapeLike = (text: string) => text.replace(/[\\%_]/g, "\\$&");

/** After every text that begins so, in bytewise order. */
const rangeEnd = (text: string) => `${text}\u{10ffff}`;

/**
 * Looks with an index and a limit each, instead of one that sorts every match: what begins so, what has a part that
 * begins so, and what holds it anywhere.
 */
export async function findRepositories(
  scope: Scope,
  registryIds: readonly number[],
  text: string,
  limit: number,
): Promise<FoundRepository[]> {
  const visible = Prisma.sql`r.registry_id = ANY(${[...registryIds]}::int[]) AND r.missing_since IS NULL AND ${seen(scope)}`;
  const columns = Prisma.sql`r.id, r.registry_id, r.name`;
  const pattern = escapeLike(text);
  // One or two characters have no trigram to be found by: looking for them anywhere would read every name.
  const anywhere =
    text.length < 3
      ? Prisma.empty
      : Prisma.sql`UNION (SELECT ${columns} FROM repository r WHERE r.name LIKE ${`%${pattern}%`} AND ${visible} LIMIT ${limit})`;
  return db().$queryRaw<FoundRepository[]>`
    (SELECT ${columns} FROM repository r WHERE r.name >= ${text} AND r.name < ${rangeEnd(text)} AND ${visible}
      ORDER BY r.name LIMIT ${limit})
    UNION
    (SELECT ${columns} FROM repository r WHERE r.name LIKE ${`%/${pattern}%`} AND ${visible} LIMIT ${limit})
    ${anywhere}`;
}

/** Tags that are or begin with the text; from three characters on also those that hold it anywhere. */
export async function findTags(
  scope: Scope,
  registryIds: readonly number[],
  text: string,
  limit: number,
): Promise<FoundTag[]> {
  const visible = Prisma.sql`r.registry_id = ANY(${[...registryIds]}::int[]) AND ${seen(scope)}`;
  const columns = Prisma.sql`r.registry_id, r.name AS repository, t.name, t.digest`;
  const anywhere =
    text.length < 3
      ? Prisma.empty
      : Prisma.sql`UNION (SELECT ${columns} FROM tag t JOIN repository r ON r.id = t.repository_id
          WHERE t.name ILIKE ${`%${escapeLike(text)}%`} AND ${visible} LIMIT ${limit})`;
  return db().$queryRaw<FoundTag[]>`
    (SELECT ${columns} FROM tag t JOIN repository r ON r.id = t.repository_id
      WHERE t.name = ${text} AND ${visible} LIMIT ${limit})
    UNION
    (SELECT ${columns} FROM tag t JOIN repository r ON r.id = t.repository_id
      WHERE t.name >= ${text} AND t.name < ${rangeEnd(text)} AND ${visible} ORDER BY t.name, t.id LIMIT ${limit})
    ${anywhere}`;
}

/** Tags of these repositories that begin with the text. */
export async function findTagsIn(
  repositoryIds: readonly bigint[],
  text: string,
  limit: number,
): Promise<FoundTag[]> {
  if (repositoryIds.length === 0) return [];
  return db().$queryRaw<FoundTag[]>`
    SELECT r.registry_id, r.name AS repository, t.name, t.digest
    FROM repository r CROSS JOIN LATERAL (
      SELECT t.name, t.digest FROM tag t
      WHERE t.repository_id = r.id AND t.name >= ${text} AND t.name < ${rangeEnd(text)}
      ORDER BY t.name LIMIT ${limit}) t
    WHERE r.id = ANY(${repositoryIds.map(String)}::bigint[]) LIMIT ${limit}`;
}

export async function findRepository(
  registryId: number,
  name: string,
  scope: Scope,
): Promise<FoundRepository | null> {
  const rows = await db().$queryRaw<FoundRepository[]>`
    SELECT r.id, r.registry_id, r.name FROM repository r
    WHERE r.registry_id = ${registryId} AND r.name = ${name} AND ${seen(scope)}`;
  return rows[0] ?? null;
}

export interface FoundDigest {
  digest: string;
  registry_id: number;
  repository: string;
}

/** Manifests in a range of digests, in their order. */
export async function findDigests(
  scope: Scope,
  registryIds: readonly number[],
  range: { from: string; to: string },
  limit: number,
): Promise<FoundDigest[]> {
  return db().$queryRaw<FoundDigest[]>`
    SELECT m.digest, r.registry_id, r.name AS repository
    FROM manifest m JOIN repository r ON r.id = m.repository_id
    WHERE m.digest >= ${range.from} AND m.digest < ${range.to} AND m.deleted_at IS NULL
      AND r.registry_id = ANY(${[...registryIds]}::int[]) AND ${seen(scope)}
    ORDER BY m.digest LIMIT ${limit}`;
}

export interface PlaceRow {
  id: bigint;
  registry_id: number;
  repository: string;
  tags: string[];
  tag_count: number;
}

/** Repositories that hold the manifest, with the tags that lead to it directly or through an index. */
export async function listManifestPlaces(
  scope: Scope,
  registryIds: readonly number[],
  digest: string,
  after: string,
  take: number,
): Promise<PlaceRow[]> {
  return db().$queryRaw<PlaceRow[]>`
    WITH place AS MATERIALIZED (
      SELECT r.id, r.registry_id, r.name AS repository, m.id AS manifest_id
      FROM manifest m JOIN repository r ON r.id = m.repository_id
      WHERE m.digest = ${digest} AND m.deleted_at IS NULL AND r.id > ${after}::bigint
        AND r.registry_id = ANY(${[...registryIds]}::int[]) AND ${seen(scope)}
      ORDER BY r.id LIMIT ${take})
    SELECT p.id, p.registry_id, p.repository, held.tags[1:20] AS tags, cardinality(held.tags) AS tag_count
    FROM place p CROSS JOIN LATERAL (
      SELECT ARRAY(
        SELECT t.name FROM tag t WHERE t.manifest_id = p.manifest_id OR t.manifest_id IN (
          SELECT i.id FROM manifest_child c JOIN manifest i ON i.id = c.parent_id
          WHERE c.child_digest = ${digest} AND i.repository_id = p.id AND i.deleted_at IS NULL)
        ORDER BY t.pushed_at DESC LIMIT 1000) AS tags) held
    ORDER BY p.id`;
}

/** Repositories with a manifest that holds the blob, with the tags on such manifests. */
export async function listBlobPlaces(
  scope: Scope,
  registryIds: readonly number[],
  digest: string,
  after: string,
  take: number,
): Promise<PlaceRow[]> {
  return db().$queryRaw<PlaceRow[]>`
    WITH place AS MATERIALIZED (
      SELECT r.id, r.registry_id, r.name AS repository, array_agg(m.id) AS manifest_ids
      FROM blob b JOIN manifest_blob mb ON mb.blob_id = b.id JOIN manifest m ON m.id = mb.manifest_id
      JOIN repository r ON r.id = m.repository_id
      WHERE b.registry_id = ANY(${[...registryIds]}::int[]) AND b.digest = ${digest} AND m.deleted_at IS NULL
        AND r.id > ${after}::bigint AND ${seen(scope)}
      GROUP BY r.id ORDER BY r.id LIMIT ${take})
    SELECT p.id, p.registry_id, p.repository, held.tags[1:20] AS tags, cardinality(held.tags) AS tag_count
    FROM place p CROSS JOIN LATERAL (
      SELECT ARRAY(SELECT t.name FROM tag t WHERE t.manifest_id = ANY(p.manifest_ids)
        ORDER BY t.pushed_at DESC LIMIT 1000) AS tags) held
    ORDER BY p.id`;
}
