import type { Tx } from "#lib/db/client";
import { formatSemverKey } from "#lib/inventory/format-semver-key";

export interface TagKey {
  repositoryId: number;
  name: string;
}

/** A tag as it was seen: on this digest, or gone (null), by a request sent at that time. */
export interface TagObservation extends TagKey {
  digest: string | null;
  at: Date;
}

/**
 * Adds a move for each observation that what is known by its time does not explain already. Newer moves are left
 * alone, and stay what the tag row shows. A push told with a clock a little ahead of ours explains it as well; a
 * later look at the same digest saw the same move, which is then known to be as early as this one.
 */
export async function observeTags(tx: Tx, observations: readonly TagObservation[]): Promise<void> {
  if (observations.length === 0) return;
  const rows = observations.map(({ repositoryId: r, name: n, digest: d, at: a }) => ({ r, n, d, a }));
  await tx.$executeRaw`
    WITH unexplained AS (
      SELECT x.r, x.n, x.d, x.a, CASE WHEN next.at_seen AND next.digest IS NOT DISTINCT FROM x.d THEN next.id END AS later
      FROM json_to_recordset(${JSON.stringify(rows)}::json) AS x(r bigint, n text, d text, a timestamptz)
      LEFT JOIN LATERAL (
        SELECT m.digest FROM tag_move m
        WHERE m.repository_id = x.r AND m.tag_name = x.n AND m.at <= x.a
        ORDER BY m.at DESC, m.id DESC LIMIT 1
      ) before ON true
      LEFT JOIN LATERAL (
        SELECT m.id, m.digest, m.at_seen FROM tag_move m
        WHERE m.repository_id = x.r AND m.tag_name = x.n AND m.at > x.a
        ORDER BY m.at, m.id LIMIT 1
      ) next ON true
      WHERE before.digest IS DISTINCT FROM x.d
        AND NOT EXISTS (
          SELECT FROM tag_move m
          WHERE m.repository_id = x.r AND m.tag_name = x.n AND m.at > x.a AND m.at <= x.a + interval '1 minute'
            AND NOT m.at_seen AND m.digest IS NOT DISTINCT FROM x.d
        )
    ), earlier AS (
      UPDATE tag_move m SET at = u.a FROM unexplained u WHERE m.id = u.later
    )
    INSERT INTO tag_move (repository_id, tag_name, digest, at, at_seen, source)
    SELECT u.r, u.n, u.d, u.a, true, 'crawl' FROM unexplained u WHERE u.later IS NULL`;
  await refreshTags(tx, observations);
}

/** Makes the tag rows say what the newest move says. A tag whose manifest is not known yet waits for it. */
export async function refreshTags(tx: Tx, keys: readonly TagKey[]): Promise<void> {
  if (keys.length === 0) return;
  const rows = [...keys]
    .sort((a, b) => a.repositoryId - b.repositoryId || (a.name < b.name ? -1 : 1))
    .map(({ repositoryId: r, name: n }) => ({ r, n, s: formatSemverKey(n) }));
  const input = JSON.stringify(rows);
  await tx.$executeRaw`
    DELETE FROM tag t
    USING json_to_recordset(${input}::json) AS x(r bigint, n text)
    WHERE t.repository_id = x.r AND t.name = x.n
      AND (SELECT m.digest FROM tag_move m WHERE m.repository_id = x.r AND m.tag_name = x.n
           ORDER BY m.at DESC, m.id DESC LIMIT 1) IS NULL`;
  await tx.$executeRaw`
    INSERT INTO tag AS t (repository_id, name, manifest_id, digest, total_bytes, semver_key, pushed_at, pushed_at_seen)
    SELECT DISTINCT ON (x.r, x.n) x.r, x.n, f.id, f.digest, f.total_bytes, x.s, latest.at, latest.at_seen
    FROM json_to_recordset(${input}::json) AS x(r bigint, n text, s text)
    CROSS JOIN LATERAL (
      SELECT m.digest, m.at, m.at_seen FROM tag_move m
      WHERE m.repository_id = x.r AND m.tag_name = x.n
      ORDER BY m.at DESC, m.id DESC LIMIT 1
    ) latest
    JOIN manifest f ON f.repository_id = x.r AND f.digest = latest.digest
    ORDER BY x.r, x.n
    ON CONFLICT (repository_id, name) DO UPDATE SET manifest_id = excluded.manifest_id, digest = excluded.digest,
      total_bytes = excluded.total_bytes, pushed_at = excluded.pushed_at, pushed_at_seen = excluded.pushed_at_seen
    WHERE (t.manifest_id, t.total_bytes, t.pushed_at, t.pushed_at_seen)
      IS DISTINCT FROM (excluded.manifest_id, excluded.total_bytes, excluded.pushed_at, excluded.pushed_at_seen)`;
}
