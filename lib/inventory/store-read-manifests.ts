import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import { db } from "#lib/db/client";
import type { Prisma } from "#lib/db/generated/client";

export interface ManifestRow {
  id: bigint;
  repositoryId: bigint;
  digest: string;
  mediaType: string;
  artifactType: string | null;
  kind: string;
  sizeBytes: bigint;
  totalBytes: bigint;
  os: string | null;
  architecture: string | null;
  variant: string | null;
  configDigest: string | null;
  subjectDigest: string | null;
  annotations: Prisma.JsonValue;
  body: Uint8Array;
  builtAt: Date | null;
  pushedAt: Date | null;
  lastPulledAt: Date | null;
  firstSeenAt: Date;
  deletedAt: Date | null;
}

export async function findManifestRow(repositoryId: bigint, digest: string): Promise<ManifestRow | null> {
  return db().manifest.findUnique({ where: { repositoryId_digest: { repositoryId, digest } } });
}

export interface ChildRow {
  ordinal: number;
  digest: string;
  media_type: string;
  /** Bytes of the child manifest, as the index says. */
  size_bytes: bigint;
  role: string;
  os: string | null;
  architecture: string | null;
  variant: string | null;
  present: boolean;
  id: bigint | null;
  kind: string | null;
  total_bytes: bigint | null;
  config_digest: string | null;
  layer_count: number | null;
  run_user: string | null;
}

export async function listChildRows(manifest: { id: bigint; repositoryId: bigint }): Promise<ChildRow[]> {
  return db().$queryRaw<ChildRow[]>`
    SELECT c.ordinal, c.child_digest AS digest, c.media_type, c.size_bytes, c.role,
      coalesce(c.os, m.os) AS os, coalesce(c.architecture, m.architecture) AS architecture,
      coalesce(c.variant, m.variant) AS variant,
      (m.id IS NOT NULL AND m.deleted_at IS NULL) AS present,
      m.id, m.kind, m.total_bytes, m.config_digest,
      (SELECT count(*)::int FROM manifest_blob mb WHERE mb.manifest_id = m.id AND mb.role = 'layer') AS layer_count,
      (SELECT i.body #>> '{config,User}' FROM image_config i WHERE i.digest = m.config_digest) AS run_user
    FROM manifest_child c
    LEFT JOIN manifest m ON m.repository_id = ${manifest.repositoryId} AND m.digest = c.child_digest
    WHERE c.parent_id = ${manifest.id} ORDER BY c.ordinal LIMIT 500`;
}

export async function listManifestBodies(
  repositoryId: bigint,
  digests: readonly string[],
): Promise<{ digest: string; mediaType: string; body: Uint8Array }[]> {
  if (digests.length === 0) return [];
  return db().manifest.findMany({
    where: { repositoryId, digest: { in: [...digests] }, deletedAt: null },
    select: { digest: true, mediaType: true, body: true },
  });
}

export interface LayerRow {
  ordinal: number;
  blob_id: bigint;
  digest: string;
  size_bytes: bigint;
  media_type: string;
  role: string;
}

export async function listBlobRows(manifestId: bigint): Promise<LayerRow[]> {
  return db().$queryRaw<LayerRow[]>`
    SELECT mb.ordinal, mb.blob_id, b.digest, b.size_bytes, b.media_type, mb.role
    FROM manifest_blob mb JOIN blob b ON b.id = mb.blob_id
    WHERE mb.manifest_id = ${manifestId} ORDER BY mb.ordinal`;
}

/**
 * For each blob how many tags that the caller may see hold it, directly or through an index, besides those on one
 * digest; counted up to the cap, over a bounded number of manifests, so that a base layer of everything costs no more.
 */
export async function countTagsOfBlobs(
  blobIds: readonly bigint[],
  except: { repositoryId: bigint; digest: string },
  scope: Scope,
  cap: number,
): Promise<Map<bigint, number>> {
  if (blobIds.length === 0) return new Map();
  const seen = scopeCondition(scope, "r.registry_id", "r.name");
  const rows = await db().$queryRaw<{ blob_id: bigint; tags: number }[]>`
    SELECT b.blob_id, (SELECT count(*)::int FROM (
      SELECT t.id FROM (
        SELECT m.id, m.repository_id, m.digest FROM manifest_blob mb JOIN manifest m ON m.id = mb.manifest_id
        WHERE mb.blob_id = b.blob_id AND m.deleted_at IS NULL LIMIT ${cap * 3}) holder
      JOIN repository r ON r.id = holder.repository_id AND ${seen}
      CROSS JOIN LATERAL (
        SELECT holder.id AS manifest_id
        UNION ALL
        SELECT p.id FROM manifest_child c JOIN manifest p ON p.id = c.parent_id
        WHERE c.child_digest = holder.digest AND p.repository_id = holder.repository_id) over
      JOIN tag t ON t.manifest_id = over.manifest_id
      WHERE NOT (t.repository_id = ${except.repositoryId} AND t.digest = ${except.digest})
      LIMIT ${cap}) counted) AS tags
    FROM unnest(${blobIds.map(String)}::bigint[]) AS b(blob_id)`;
  return new Map(rows.map((row) => [row.blob_id, row.tags]));
}

export interface ParentRow {
  digest: string;
  tags: string[];
}

/** Live indexes of the repository that name the digest, with some of their tags. */
export async function listParentRows(repositoryId: bigint, digest: string): Promise<ParentRow[]> {
  return db().$queryRaw<ParentRow[]>`
    SELECT DISTINCT p.digest, ARRAY(SELECT t.name FROM tag t WHERE t.manifest_id = p.id
      ORDER BY t.pushed_at DESC LIMIT 20) AS tags
    FROM manifest_child c JOIN manifest p ON p.id = c.parent_id
    WHERE c.child_digest = ${digest} AND p.repository_id = ${repositoryId} AND p.deleted_at IS NULL
    ORDER BY p.digest LIMIT 100`;
}

export async function countReferrers(repositoryId: bigint, digest: string): Promise<number> {
  return db().manifest.count({ where: { repositoryId, subjectDigest: digest, deletedAt: null } });
}

export interface ReferrerRow {
  digest: string;
  subject_digest: string;
  media_type: string;
  artifact_type: string | null;
  config_media_type: string | null;
  kind: string;
  size_bytes: bigint;
  annotations: Prisma.JsonValue;
}

/** Live manifests of the repository that name one of the digests as their subject. */
export async function listReferrerRows(
  repositoryId: bigint,
  subjects: readonly string[],
  limit: number,
): Promise<ReferrerRow[]> {
  if (subjects.length === 0) return [];
  return db().$queryRaw<ReferrerRow[]>`
    SELECT m.digest, m.subject_digest, m.media_type, m.artifact_type, m.kind, m.size_bytes, m.annotations,
      (SELECT b.media_type FROM manifest_blob mb JOIN blob b ON b.id = mb.blob_id
        WHERE mb.manifest_id = m.id AND mb.role = 'config' LIMIT 1) AS config_media_type
    FROM manifest m
    WHERE m.repository_id = ${repositoryId} AND m.subject_digest = ANY(${[...subjects]}::text[])
      AND m.deleted_at IS NULL
    ORDER BY m.id DESC LIMIT ${limit}`;
}

export async function findConfigBody(digest: string): Promise<unknown> {
  const row = await db().imageConfig.findUnique({ where: { digest }, select: { body: true } });
  return row?.body;
}
