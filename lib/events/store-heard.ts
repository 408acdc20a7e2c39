import type { Db } from "#lib/db/client";

export interface HeardRow {
  hour: Date;
  /** Of the sources together: minutes in which one was heard, and minutes in which it could have been. */
  heard: number;
  possible: number;
}

/** How much of each hour the log sources of a registry, or of all, were heard. A source counts from its first word on. */
export async function listHeardRows(
  db: Db,
  registryIds: readonly number[],
  { from, to }: { from: Date; to: Date },
): Promise<HeardRow[]> {
  return db.$queryRaw<HeardRow[]>`
    WITH source AS (
      SELECT DISTINCT ON (s.id) s.id, h.hour AS since, s.ended_at AS until,
        -- The minute of its first word: the lowest bit.
        coalesce(round(log(2.0, nullif(h.minutes & -h.minutes, 0)::numeric)), 0)::int AS first
      FROM event_source s JOIN event_source_hour h ON h.source_id = s.id JOIN registry r ON r.id = s.registry_id
      WHERE s.kind = 'registry-logs' AND r.disconnected_at IS NULL AND r.id = ANY(${[...registryIds]}::int[])
      ORDER BY s.id, h.hour
    )
    SELECT g.hour, coalesce(sum(bit_count(h.minutes::bit(60))), 0)::int AS heard,
      sum(greatest(1, least(60, ceil(extract(epoch FROM ${to}::timestamptz - g.hour) / 60))
        - CASE WHEN s.since = g.hour THEN s.first ELSE 0 END))::int
        AS possible
    FROM generate_series(date_trunc('hour', ${from}::timestamptz, 'UTC'), ${to}::timestamptz - interval '1 second', interval '1 hour') g(hour)
    JOIN source s ON s.since <= g.hour AND (s.until IS NULL OR s.until > g.hour)
    LEFT JOIN event_source_hour h ON h.source_id = s.id AND h.hour = g.hour
    GROUP BY g.hour ORDER BY g.hour`;
}

/** Pulls that went well, told by registries; null where one of them tells of none. */
export async function sumPulls(
  db: Db,
  registry: string | null,
  { from, to }: { from: Date; to: Date },
): Promise<number | null> {
  const rows = await db.$queryRaw<{ pulls: number; silent: number }[]>`
    SELECT coalesce((SELECT sum(h.count) FROM event_hour h JOIN registry r ON r.id = h.registry_id
        WHERE h.action = 'pull' AND h.cause = '' AND h.side IN ('notification', 'harbor')
          AND h.hour >= ${from} AND h.hour < ${to} AND (${registry}::text IS NULL OR r.slug = ${registry})), 0)::float8 AS pulls,
      (SELECT count(*) FROM registry r WHERE r.disconnected_at IS NULL AND r.pulls_since IS NULL
        AND (${registry}::text IS NULL OR r.slug = ${registry}))::int AS silent`;
  const row = rows[0];
  return row === undefined || row.silent > 0 ? null : row.pulls;
}
