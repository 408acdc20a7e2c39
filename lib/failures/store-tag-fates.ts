import type { Tx } from "#lib/db/client";

export type TagFate = "tag-deleted" | "tag-never-existed" | "stands" | "unknown";

/** What had become of each tag at a time, as far as its history says: what is pushed afterwards changes nothing of it. */
export async function findTagFates(
  tx: Tx,
  registryId: number,
  repository: string,
  wanted: readonly { tag: string; at: Date }[],
): Promise<TagFate[]> {
  const input = wanted.map(({ tag: t, at: a }, i) => ({ t, a, i }));
  const rows = await tx.$queryRaw<{ fate: TagFate }[]>`
    SELECT CASE WHEN p.id IS NULL THEN 'unknown'
      WHEN soon.at IS NOT NULL AND soon.digest IS NULL THEN 'tag-deleted'
      WHEN last.at IS NOT NULL THEN CASE WHEN last.digest IS NULL THEN 'tag-deleted' ELSE 'stands' END
      -- What was merely seen for the first time may have been there before.
      WHEN first.at_seen THEN 'unknown' ELSE 'tag-never-existed' END AS fate
    FROM json_to_recordset(${JSON.stringify(input)}::json) AS x(t text, a timestamptz, i int)
    LEFT JOIN repository p ON p.registry_id = ${registryId} AND p.name = ${repository}
    LEFT JOIN LATERAL (SELECT m.digest, m.at FROM tag_move m
      WHERE m.repository_id = p.id AND m.tag_name = x.t AND m.at <= x.a + interval '5 seconds'
      ORDER BY m.at DESC, m.id DESC LIMIT 1) soon ON true
    LEFT JOIN LATERAL (SELECT m.digest, m.at FROM tag_move m
      WHERE m.repository_id = p.id AND m.tag_name = x.t AND m.at <= x.a
      ORDER BY m.at DESC, m.id DESC LIMIT 1) last ON true
    LEFT JOIN LATERAL (SELECT m.at_seen FROM tag_move m WHERE m.repository_id = p.id AND m.tag_name = x.t
      ORDER BY m.at, m.id LIMIT 1) first ON true
    ORDER BY x.i`;
  return rows.map((row) => row.fate);
}
