import type { Db } from "#lib/db/client";

export interface RowVersions {
  /** The transaction that wrote each row last. */
  inventory: Record<string, string>;
  registries: Record<string, string>;
}

/** Two of these side by side tell which rows were written between them, also those that were written as they were. */
export async function readRowVersions(db: Db): Promise<RowVersions> {
  const rows = await db.$queryRaw<{ row: string; version: string }[]>`
    SELECT 'repository ' || id AS row, xmin::text AS version FROM repository
    UNION ALL SELECT 'folder ' || registry_id || ' ' || path, xmin::text FROM repository_folder
    UNION ALL SELECT 'manifest ' || id, xmin::text FROM manifest
    UNION ALL SELECT 'child ' || parent_id || ' ' || ordinal, xmin::text FROM manifest_child
    UNION ALL SELECT 'part ' || manifest_id || ' ' || ordinal, xmin::text FROM manifest_blob
    UNION ALL SELECT 'blob ' || id, xmin::text FROM blob
    UNION ALL SELECT 'config ' || digest, xmin::text FROM image_config
    UNION ALL SELECT 'tag ' || id, xmin::text FROM tag
    UNION ALL SELECT 'move ' || id, xmin::text FROM tag_move`;
  const registries = await db.$queryRaw<{ row: string; version: string }[]>`
    SELECT slug AS row, xmin::text AS version FROM registry`;
  const toRecord = (list: { row: string; version: string }[]) =>
    Object.fromEntries(list.map(({ row, version }) => [row, version]));
  return { inventory: toRecord(rows), registries: toRecord(registries) };
}
