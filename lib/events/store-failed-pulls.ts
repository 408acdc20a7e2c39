import type { Db } from "#lib/db/client";
import type { SignalSide } from "#lib/events/signal";

export interface FailedPullRow {
  registryId: number;
  repository: string;
  side: SignalSide;
  /** A program without its version. */
  agent: string | null;
  isWeak: boolean;
  count: number;
}

/** Clocks may be ahead this much. */
const aheadMs = 5 * 60_000;
/** A source that counts for itself began to at most so long before. */
const countsForMs = 86_400_000;

/** What each side told of failed pulls; what was counted over a longer time is spread evenly over it. */
export async function listFailedPullRows(
  db: Db,
  repositories: readonly { registryId: number; repository: string }[],
  since: Date,
  now: Date,
): Promise<FailedPullRow[]> {
  const wanted = repositories.map(({ registryId, repository }) => ({ r: registryId, n: repository }));
  return db.$queryRaw<FailedPullRow[]>`
    SELECT e.registry_id AS "registryId", e.repository, e.side, split_part(e.agent, '/', 1) AS agent,
      e.provisional OR e.cause IN ('unknown', 'no-cause-in-text') AS "isWeak",
      sum(CASE WHEN e.at >= ${since} THEN e.count::float8
        ELSE e.count * extract(epoch FROM e.last_at - ${since}::timestamptz)::float8
          / extract(epoch FROM e.last_at - e.at)::float8 END) AS count
    FROM json_to_recordset(${JSON.stringify(wanted)}::json) AS w(r int, n text)
    JOIN registry_event e ON e.registry_id = w.r AND e.repository = w.n
    WHERE e.cause IS NOT NULL AND e.action = 'pull' AND e.last_at >= ${since}
      AND e.at >= ${new Date(since.getTime() - countsForMs)} AND e.at < ${new Date(now.getTime() + aheadMs)}
      AND (e.at >= ${since} OR e.last_at > e.at)
    GROUP BY 1, 2, 3, 4, 5`;
}
