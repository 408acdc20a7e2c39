import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import { db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";

export interface BaseRow {
  registry: string;
  repository: string;
  digest: string;
  /** A tag on it, or on an index that holds it. */
  tag: string | null;
  /** What its layers, or those of its platforms, are named; in hex. */
  hashes: string[];
}

/** So many images of one and the same list of layers are looked at. */
const candidates = 100;

const shown = Prisma.sql`g.slug AS registry, r.name AS repository, m.digest, coalesce(
  (SELECT t.name FROM tag t WHERE t.manifest_id = m.id ORDER BY t.name = 'latest', t.pushed_at DESC, t.name DESC LIMIT 1),
  (SELECT t.name FROM manifest_child c
    JOIN manifest p ON p.id = c.parent_id AND p.repository_id = m.repository_id AND p.deleted_at IS NULL
    JOIN tag t ON t.manifest_id = p.id
    WHERE c.child_digest = m.digest ORDER BY t.name = 'latest', t.pushed_at DESC, t.name DESC LIMIT 1)) AS tag`;

/**
 * An image that the caller may see with the first of these lists of layers that any has: one of the same registry
 * before others, one with a tag before those without, the oldest of these. Each list is one look-up in an index.
 */
export async function findImageByLayers(
  hashes: readonly string[],
  registryId: number,
  scope: Scope,
): Promise<BaseRow | null> {
  if (hashes.length === 0) return null;
  const rows = await db().$queryRaw<BaseRow[]>`
    WITH found AS MATERIALIZED (
      SELECT p.place, m.id FROM unnest(${[...hashes]}::text[]) WITH ORDINALITY AS p(hash, place)
      CROSS JOIN LATERAL (
        SELECT m.id FROM manifest m JOIN repository r ON r.id = m.repository_id
        WHERE m.layers_hash = decode(p.hash, 'hex') AND m.deleted_at IS NULL AND r.missing_since IS NULL
          AND ${scopeCondition(scope, "r.registry_id", "r.name")} LIMIT ${candidates}) m
    ), first AS (
      SELECT id FROM found WHERE place = (SELECT min(place) FROM found)
    ), described AS (
      SELECT ${shown}, m.id, r.registry_id, ARRAY[encode(m.layers_hash, 'hex')] AS hashes
      FROM first f JOIN manifest m ON m.id = f.id JOIN repository r ON r.id = m.repository_id
      JOIN registry g ON g.id = r.registry_id
    )
    SELECT registry, repository, digest, tag, hashes FROM described
    ORDER BY registry_id <> ${registryId}, tag IS NULL, id LIMIT 1`;
  return rows[0] ?? null;
}

/** The manifest of a digest wherever the caller may see it, one of the same registry first. */
export async function findImageByDigest(
  digest: string,
  registryId: number,
  scope: Scope,
): Promise<BaseRow | null> {
  const rows = await db().$queryRaw<BaseRow[]>`
    SELECT ${shown}, array_remove(array_append(ARRAY(
        SELECT encode(k.layers_hash, 'hex') FROM manifest_child c
        JOIN manifest k ON k.repository_id = m.repository_id AND k.digest = c.child_digest
        WHERE c.parent_id = m.id), encode(m.layers_hash, 'hex')), NULL) AS hashes
    FROM manifest m JOIN repository r ON r.id = m.repository_id JOIN registry g ON g.id = r.registry_id
    WHERE m.digest = ${digest} AND m.deleted_at IS NULL AND ${scopeCondition(scope, "r.registry_id", "r.name")}
    ORDER BY r.registry_id <> ${registryId}, m.id LIMIT 1`;
  return rows[0] ?? null;
}
