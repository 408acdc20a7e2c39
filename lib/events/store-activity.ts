import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import type { Db } from "#lib/db/client";

export interface RecentPusherRow {
  registry: string;
  repository: string;
  actor: string;
  /** The first day since then. */
  day: Date;
  /** The last day before that one. */
  before: Date | null;
}

export async function listRecentPusherRows(db: Db, scope: Scope, since: Date): Promise<RecentPusherRow[]> {
  return db.$queryRaw<RecentPusherRow[]>`
    WITH recent AS (
      SELECT a.registry_id, r.slug AS registry, a.repository, a.actor, min(a.day) AS day
      FROM activity_day a JOIN registry r ON r.id = a.registry_id
      WHERE a.pushes > 0 AND a.day >= ${since.toISOString().slice(0, 10)}::date AND r.disconnected_at IS NULL
        AND ${scopeCondition(scope, "a.registry_id", "a.repository")}
      GROUP BY 1, 2, 3, 4
    )
    SELECT t.registry, t.repository, t.actor, t.day, (SELECT max(b.day) FROM activity_day b
      WHERE b.registry_id = t.registry_id AND b.repository = t.repository AND b.actor = t.actor AND b.pushes > 0
        AND b.day < t.day) AS before
    FROM recent t`;
}
