import type { Tx } from "#lib/db/client";

export type TagFate = "tag-deleted" | "tag-never-existed" | "stands" | "unknown";

/** What had become of each tag at a time, as far as its history says. Unknown where the repository is. */
export async function findTagFates(
  tx: Tx,
  registryId: number,
  repository: string,
  wanted: readonly { tag: string; at: Date }[],
): Promise<TagFate[]> {
  const input = wanted.map(({ tag: t, at: a }, i) => ({ t, a, i }));
  const rows = await tx.$queryRaw<{ fate: TagFate }[]>`
    SELECT CASE WHEN p.id IS NULL THEN 'unknown'
      WHEN last.at IS NULL AND EXISTS (SELECT FROM tag_move m WHERE m.repository_id = p.id AND m.tag_name = x.t)
        THEN 'unknown'
      WHEN last.at IS NULL THEN 'tag-never-existed'
      WHEN last.digest IS NULL THEN 'tag-deleted' ELSE 'stands' END AS fate
    FROM json_to_recordset(${JSON.stringify(input)}::json) AS x(t text, a timestamptz, i int)
    LEFT JOIN repository p ON p.registry_id = ${registryId} AND p.name = ${repository}
    LEFT JOIN LATERAL (SELECT m.digest, m.at FROM tag_move m
      WHERE m.repository_id = p.id AND m.tag_name = x.t AND m.at <= x.a + interval '5 seconds'
      ORDER BY m.at DESC, m.id DESC LIMIT 1) last ON true
    ORDER BY x.i`;
  return rows.map((row) => row.fate);
}
