import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import type { Db, Tx } from "#lib/db/client";
import type { ToldEvent } from "#lib/inventory/apply-service";

type Counted = Pick<ToldEvent, "action" | "repository" | "tag" | "actor" | "at">;

/** Adds to what each day brought. Every event comes here once: its transaction also marks it as taken in. */
export async function recordActivity(tx: Tx, registryId: number, events: readonly Counted[]): Promise<void> {
  const days = new Map<string, { d: string; n: string; w: string; s: number; l: number; x: number }>();
  for (const { action, repository, tag, actor, at } of events) {
    // A push without a tag is a part of another one.
    if (action === "push" && tag === null) continue;
    const d = at.toISOString().slice(0, 10);
    const w = actor ?? "";
    const key = `${d} ${repository} ${w}`;
    const day = days.get(key) ?? { d, n: repository, w, s: 0, l: 0, x: 0 };
    if (action === "push") day.s += 1;
    else if (action === "pull") day.l += 1;
    else day.x += 1;
    days.set(key, day);
  }
  if (days.size === 0) return;
  await tx.$executeRaw`
    INSERT INTO activity_day AS t (registry_id, day, repository, actor, pushes, pulls, deletes)
    SELECT ${registryId}, x.d, x.n, x.w, x.s, x.l, x.x
    FROM json_to_recordset(${JSON.stringify([...days.values()])}::json)
      AS x(d date, n text, w text, s int, l int, x int)
    ORDER BY x.d, x.n, x.w
    ON CONFLICT (registry_id, day, repository, actor) DO UPDATE SET pushes = t.pushes + excluded.pushes,
      pulls = t.pulls + excluded.pulls, deletes = t.deletes + excluded.deletes`;
}

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
