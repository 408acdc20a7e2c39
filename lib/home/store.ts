import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import { db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";

export interface RecentMoveRow {
  registry: string;
  repository: string;
  tag: string;
  digest: string | null;
  previous_digest: string | null;
  at: Date;
  at_seen: boolean;
  actor: string | null;
  source: string;
}

/**
 * The newest moves over all repositories: looked for in those that were pushed to last, so the cost does not grow
 * with the history. Tags that only clients keep are left out.
 */
export async function listRecentMoveRows(scope: Scope, limit: number): Promise<RecentMoveRow[]> {
  return db().$queryRaw<RecentMoveRow[]>`
    WITH lately AS (
      SELECT r.id, r.name, g.slug
      FROM repository r JOIN registry g ON g.id = r.registry_id
      WHERE ${scopeCondition(scope, "r.registry_id", "r.name")}
        AND g.disconnected_at IS NULL AND r.last_pushed_at IS NOT NULL
      ORDER BY coalesce(r.last_pushed_at, '-infinity'::timestamptz) DESC, r.id DESC
      LIMIT ${limit * 2}
    )
    SELECT l.slug AS registry, l.name AS repository, m.tag_name AS tag, m.digest,
      (SELECT p.digest FROM tag_move p
        WHERE p.repository_id = l.id AND p.tag_name = m.tag_name AND (p.at, p.id) < (m.at, m.id)
        ORDER BY p.at DESC, p.id DESC LIMIT 1) AS previous_digest,
      m.at, m.at_seen, m.actor, m.source
    FROM lately l CROSS JOIN LATERAL (
      SELECT * FROM tag_move t
      WHERE t.repository_id = l.id AND ${notBookkeeping}
        AND t.digest IS DISTINCT FROM (SELECT p.digest FROM tag_move p
          WHERE p.repository_id = l.id AND p.tag_name = t.tag_name AND (p.at, p.id) < (t.at, t.id)
          ORDER BY p.at DESC, p.id DESC LIMIT 1)
      ORDER BY t.at DESC, t.id DESC LIMIT 5
    ) m
    ORDER BY m.at DESC, m.id DESC
    LIMIT ${limit}`;
}

const notBookkeeping = Prisma.sql`t.tag_name !~ '^sha256-[0-9a-f]{64}'`;
