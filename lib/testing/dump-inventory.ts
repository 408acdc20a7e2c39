import type { Db } from "#lib/db/client";

/**
 * The inventory of a registry as lines that are equal exactly when the rows are: everything but generated ids and
 * the times at which this console happened to look.
 */
export async function dumpInventory(db: Db, slug: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ line: string }[]>`
    WITH repo AS (
      SELECT r.* FROM repository r JOIN registry g ON g.id = r.registry_id WHERE g.slug = ${slug}
    ), lines AS (
      SELECT 'registry' AS kind, jsonb_build_array(repository_count, tag_count, size_bytes) AS body
      FROM registry WHERE slug = ${slug}
      UNION ALL
      SELECT 'repository', jsonb_build_array(name, tag_count, manifest_count, size_bytes, unique_bytes, kind,
        missing_since IS NULL) FROM repo
      UNION ALL
      SELECT 'folder', jsonb_build_array(f.path, f.parent_path, f.repository_count)
      FROM repository_folder f JOIN registry g ON g.id = f.registry_id WHERE g.slug = ${slug}
      UNION ALL
      SELECT 'tag', jsonb_build_array(r.name, t.name, t.digest, m.digest, t.total_bytes, t.semver_key)
      FROM tag t JOIN repo r ON r.id = t.repository_id JOIN manifest m ON m.id = t.manifest_id
      UNION ALL
      SELECT 'move', jsonb_build_array(r.name, m.tag_name, m.digest,
        row_number() OVER (PARTITION BY m.repository_id, m.tag_name ORDER BY m.at, m.id))
      FROM tag_move m JOIN repo r ON r.id = m.repository_id
      UNION ALL
      SELECT 'manifest', jsonb_build_array(r.name, m.digest, m.media_type, m.artifact_type, m.kind, m.size_bytes,
        m.total_bytes, m.os, m.architecture, m.variant, m.config_digest, m.subject_digest, m.annotations, encode(m.layers_hash, 'hex'),
        encode(m.body, 'hex'), m.built_at, m.deleted_at IS NULL)
      FROM manifest m JOIN repo r ON r.id = m.repository_id
      UNION ALL
      SELECT 'child', jsonb_build_array(r.name, m.digest, c.ordinal, c.child_digest, c.media_type, c.size_bytes,
        c.role, c.os, c.architecture, c.variant)
      FROM manifest_child c JOIN manifest m ON m.id = c.parent_id JOIN repo r ON r.id = m.repository_id
      UNION ALL
      SELECT 'blob', jsonb_build_array(r.name, m.digest, mb.ordinal, b.digest, b.size_bytes, b.media_type, mb.role)
      FROM manifest_blob mb JOIN blob b ON b.id = mb.blob_id JOIN manifest m ON m.id = mb.manifest_id
      JOIN repo r ON r.id = m.repository_id
      UNION ALL
      SELECT 'config', jsonb_build_array(c.digest, c.body, c.os, c.architecture, c.variant, c.built_at)
      FROM image_config c
    )
    SELECT kind || ' ' || body::text AS line FROM lines ORDER BY 1`;
  return rows.map((row) => row.line);
}
