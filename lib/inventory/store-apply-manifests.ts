import type { Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import { hashLayers } from "#lib/inventory/layer-prefix";
import type { PreparedManifest } from "#lib/inventory/prepare-manifest";

export interface ManifestToStore extends PreparedManifest {
  repositoryId: number;
  pushedAt?: Date | null;
}

interface StoredManifest {
  id: bigint;
  repository_id: bigint;
  digest: string;
  inserted: boolean;
}

const none = (values: readonly unknown[]) => values.length === 0;

/**
 * Writes manifests with their blobs and children, each once; one that was thought deleted stands again.
 * Returns how many rows are new. Everything goes in a few statements, however many manifests there are.
 */
export async function insertManifests(
  tx: Tx,
  registryId: number,
  manifests: readonly ManifestToStore[],
): Promise<number> {
  const distinct = new Map(manifests.map((row) => [`${row.repositoryId} ${row.digest}`, row]));
  if (distinct.size === 0) return 0;
  const rows = [...distinct.values()].sort(byPlace);
  await insertBlobs(tx, registryId, rows);
  const stored = await tx.$queryRaw<StoredManifest[]>`
    INSERT INTO manifest AS m (repository_id, digest, media_type, artifact_type, kind, size_bytes, total_bytes,
      config_digest, layers_hash, subject_digest, annotations, body, pushed_at, os, architecture, variant, built_at)
    SELECT x.r, x.d, x.m, x.a, x.k, x.s, x.t, x.c, decode(x.h, 'hex'), x.j, x.n, decode(x.b, 'base64'), x.p,
      c.os, c.architecture, c.variant, c.built_at
    FROM json_to_recordset(${JSON.stringify(rows.map(manifestJson))}::json)
      AS x(r bigint, d text, m text, a text, k text, s bigint, t bigint, c text, h text, j text, n jsonb, b text, p timestamptz)
    LEFT JOIN image_config c ON c.digest = x.c
    ON CONFLICT (repository_id, digest) DO UPDATE
      SET deleted_at = NULL, pushed_at = greatest(m.pushed_at, excluded.pushed_at)
      WHERE m.deleted_at IS NOT NULL OR m.pushed_at IS DISTINCT FROM greatest(m.pushed_at, excluded.pushed_at)
    RETURNING m.id, m.repository_id, m.digest, (xmax = 0) AS inserted`;
  const fresh = stored.filter((row) => row.inserted);
  await insertParts(tx, registryId, fresh, distinct);
  await refreshIndexTotals(tx, fresh);
  return fresh.length;
}

function byPlace(a: ManifestToStore, b: ManifestToStore): number {
  return a.repositoryId - b.repositoryId || (a.digest < b.digest ? -1 : 1);
}

function manifestJson(row: ManifestToStore) {
  return {
    r: row.repositoryId,
    d: row.digest,
    m: row.mediaType,
    a: row.artifactType,
    k: row.kind,
    s: row.sizeBytes,
    t: row.totalBytes,
    c: row.configDigest,
    h: hashLayersOf(row),
    j: row.subjectDigest,
    n: row.annotations,
    b: Buffer.from(row.body.buffer, row.body.byteOffset, row.body.byteLength).toString("base64"),
    p: row.pushedAt ?? null,
  };
}

function hashLayersOf({ kind, blobs }: ManifestToStore): string | null {
  const layers = kind === "image" ? blobs.filter((blob) => blob.role === "layer") : [];
  return layers.length === 0 ? null : hashLayers(layers.map((layer) => layer.digest));
}

async function insertBlobs(tx: Tx, registryId: number, rows: readonly ManifestToStore[]): Promise<void> {
  const blobs = new Map<string, { d: string; s: number; m: string }>();
  for (const row of rows)
    for (const blob of row.blobs)
      if (!blobs.has(blob.digest))
        blobs.set(blob.digest, { d: blob.digest, s: blob.sizeBytes, m: blob.mediaType });
  if (blobs.size === 0) return;
  // In order of the digest, so that two writers never wait for each other in a circle.
  await tx.$executeRaw`
    INSERT INTO blob (registry_id, digest, size_bytes, media_type)
    SELECT ${registryId}, x.d, x.s, x.m
    FROM json_to_recordset(${JSON.stringify([...blobs.values()])}::json) AS x(d text, s bigint, m text)
    WHERE NOT EXISTS (SELECT FROM blob b WHERE b.registry_id = ${registryId} AND b.digest = x.d)
    ORDER BY x.d COLLATE "C"
    ON CONFLICT (registry_id, digest) DO NOTHING`;
}

async function insertParts(
  tx: Tx,
  registryId: number,
  fresh: readonly StoredManifest[],
  byKey: ReadonlyMap<string, ManifestToStore>,
): Promise<void> {
  const blobs: { i: number; o: number; d: string; l: string }[] = [];
  const children: object[] = [];
  for (const { id, repository_id, digest } of fresh) {
    const row = byKey.get(`${repository_id} ${digest}`);
    const i = Number(id);
    for (const blob of row?.blobs ?? []) blobs.push({ i, o: blob.ordinal, d: blob.digest, l: blob.role });
    for (const child of row?.children ?? []) {
      const {
        ordinal: o,
        digest: d,
        mediaType: m,
        sizeBytes: s,
        role: l,
        os: p,
        architecture: a,
        variant: v,
      } = child;
      children.push({ i, o, d, m, s, l, p, a, v });
    }
  }
  if (!none(blobs))
    await tx.$executeRaw`
      INSERT INTO manifest_blob (manifest_id, ordinal, blob_id, role)
      SELECT x.i, x.o, b.id, x.l
      FROM json_to_recordset(${JSON.stringify(blobs)}::json) AS x(i bigint, o int, d text, l text)
      JOIN blob b ON b.registry_id = ${registryId} AND b.digest = x.d`;
  if (!none(children))
    await tx.$executeRaw`
      INSERT INTO manifest_child (parent_id, ordinal, child_digest, media_type, size_bytes, role, os, architecture, variant)
      SELECT x.i, x.o, x.d, x.m, x.s, x.l, x.p, x.a, x.v
      FROM json_to_recordset(${JSON.stringify(children)}::json)
        AS x(i bigint, o int, d text, m text, s bigint, l text, p text, a text, v text)`;
}

/** Totals of indexes among these manifests and of indexes above them: their distinct blobs, attestations left out. */
async function refreshIndexTotals(tx: Tx, fresh: readonly StoredManifest[]): Promise<void> {
  if (none(fresh)) return;
  const ids = fresh.map((row) => Number(row.id));
  const changed = await tx.$queryRaw<{ id: bigint }[]>`
    WITH RECURSIVE above AS (
      SELECT m.id, m.repository_id, m.digest FROM manifest m WHERE m.id = ANY(${ids}::bigint[])
      UNION
      SELECT p.id, p.repository_id, p.digest
      FROM above a
      JOIN manifest_child c ON c.child_digest = a.digest
      JOIN manifest p ON p.id = c.parent_id AND p.repository_id = a.repository_id
    ), tree AS (
      SELECT a.id AS root, a.id, a.repository_id FROM above a
      WHERE EXISTS (SELECT FROM manifest_child c WHERE c.parent_id = a.id)
      UNION
      SELECT t.root, m.id, m.repository_id
      FROM tree t
      JOIN manifest_child c ON c.parent_id = t.id AND c.role = 'platform'
      JOIN manifest m ON m.repository_id = t.repository_id AND m.digest = c.child_digest
    ), part AS (
      SELECT DISTINCT t.root, mb.blob_id FROM tree t JOIN manifest_blob mb ON mb.manifest_id = t.id
    ), total AS (
      SELECT p.root, sum(b.size_bytes) AS bytes FROM part p JOIN blob b ON b.id = p.blob_id GROUP BY p.root
    )
    UPDATE manifest m SET total_bytes = total.bytes FROM total
    WHERE m.id = total.root AND m.total_bytes <> total.bytes
    RETURNING m.id`;
  if (none(changed)) return;
  await tx.$executeRaw`
    UPDATE tag t SET total_bytes = m.total_bytes FROM manifest m
    WHERE m.id = ANY(${changed.map((row) => Number(row.id))}::bigint[]) AND t.manifest_id = m.id
      AND t.total_bytes <> m.total_bytes`;
}

export interface ConfigToStore {
  digest: string;
  /** JSON text without NUL characters. */
  body: string;
  os: string | null;
  architecture: string | null;
  variant: string | null;
  builtAt: string | null;
}

/** Writes image configs and hands what they say to every manifest that has them. */
export async function insertConfigs(tx: Tx, configs: readonly ConfigToStore[]): Promise<void> {
  if (none(configs)) return;
  const sorted = [...configs].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  await tx.$executeRaw`
    INSERT INTO image_config (digest, body, os, architecture, variant, built_at)
    SELECT x.digest, x.body::jsonb, x.os, x.architecture, x.variant, x."builtAt"
    FROM json_to_recordset(${JSON.stringify(sorted)}::json)
      AS x(digest text, body text, os text, architecture text, variant text, "builtAt" timestamptz)
    ON CONFLICT (digest) DO NOTHING`;
  await tx.$executeRaw`
    UPDATE manifest m SET os = c.os, architecture = c.architecture, variant = c.variant, built_at = c.built_at
    FROM image_config c
    WHERE c.digest = ANY(${sorted.map((row) => row.digest)}::text[]) AND m.config_digest = c.digest
      AND (m.os, m.architecture, m.variant, m.built_at) IS DISTINCT FROM (c.os, c.architecture, c.variant, c.built_at)`;
}

/** Marks manifests as gone; those that were pushed again since then stay. */
export async function markManifestsDeleted(
  tx: Tx,
  repositoryId: number,
  digests: readonly string[],
  at: Date,
): Promise<void> {
  if (none(digests)) return;
  await tx.$executeRaw(Prisma.sql`
    UPDATE manifest SET deleted_at = ${at}
    WHERE repository_id = ${repositoryId} AND digest = ANY(${digests}::text[]) AND deleted_at IS NULL
      AND (pushed_at IS NULL OR pushed_at < ${at})`);
}
