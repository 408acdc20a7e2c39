import { formatUtcDay } from "#lib/activity/rules-window";
import { holdWindows, keptWindowDays } from "#lib/activity/store-windows";
import type { Tx } from "#lib/db/client";
import type { ToldEvent } from "#lib/inventory/apply-service";

type Counted = Pick<ToldEvent, "action" | "repository" | "tag" | "actor" | "at">;

/**
 * Adds to what each day brought, in all its sums. Every event comes here once: its transaction also marks it as
 * taken in.
 */
export async function recordActivity(
  tx: Tx,
  registryId: number,
  events: readonly Counted[],
  now: Date,
): Promise<void> {
  const days = new Map<string, { d: string; n: string; w: string; s: number; l: number; x: number }>();
  for (const { action, repository, tag, actor, at } of events) {
    // A push without a tag is a part of another one.
    if (action === "push" && tag === null) continue;
    const d = formatUtcDay(at);
    const w = actor ?? "";
    const key = `${d} ${repository} ${w}`;
    const day = days.get(key) ?? { d, n: repository, w, s: 0, l: 0, x: 0 };
    if (action === "push") day.s += 1;
    else if (action === "pull") day.l += 1;
    else day.x += 1;
    days.set(key, day);
  }
  if (days.size === 0) return;
  await holdWindows(tx, registryId, now);
  await tx.$executeRaw`
    WITH told AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify([...days.values()])}::json)
        AS x(d date, n text, w text, s int, l int, x int)),
    by_repository AS (
      INSERT INTO activity_repository_day AS t (registry_id, repository, day, pushes, pulls, deletes)
      SELECT ${registryId}, n, d, sum(s), sum(l), sum(x) FROM told GROUP BY n, d ORDER BY n, d
      ON CONFLICT (registry_id, repository, day) DO UPDATE SET pushes = t.pushes + excluded.pushes,
        pulls = t.pulls + excluded.pulls, deletes = t.deletes + excluded.deletes),
    by_actor AS (
      INSERT INTO activity_actor_day AS t (registry_id, day, actor, pushes, pulls, deletes)
      SELECT ${registryId}, d, w, sum(s), sum(l), sum(x) FROM told GROUP BY d, w ORDER BY d, w
      ON CONFLICT (registry_id, day, actor) DO UPDATE SET pushes = t.pushes + excluded.pushes,
        pulls = t.pulls + excluded.pulls, deletes = t.deletes + excluded.deletes),
    by_registry AS (
      INSERT INTO activity_registry_day AS t (registry_id, day, pushes, pulls, deletes)
      SELECT ${registryId}, d, sum(s), sum(l), sum(x) FROM told GROUP BY d ORDER BY d
      ON CONFLICT (registry_id, day) DO UPDATE SET pushes = t.pushes + excluded.pushes,
        pulls = t.pulls + excluded.pulls, deletes = t.deletes + excluded.deletes),
    by_window AS (
      INSERT INTO activity_window AS t (registry_id, days, repository, pushes, pulls, deletes)
      SELECT ${registryId}, k.days, n, sum(s), sum(l), sum(x)
      FROM told JOIN activity_window_end e ON e.registry_id = ${registryId}
      JOIN unnest(${keptWindowDays}::int[]) AS k(days) ON d >= e.until - k.days AND d < e.until
      GROUP BY k.days, n ORDER BY k.days, n
      ON CONFLICT (registry_id, days, repository) DO UPDATE SET pushes = t.pushes + excluded.pushes,
        pulls = t.pulls + excluded.pulls, deletes = t.deletes + excluded.deletes)
    INSERT INTO activity_day AS t (registry_id, day, repository, actor, pushes, pulls, deletes)
    SELECT ${registryId}, d, n, w, s, l, x FROM told ORDER BY d, n, w
    ON CONFLICT (registry_id, day, repository, actor) DO UPDATE SET pushes = t.pushes + excluded.pushes,
      pulls = t.pulls + excluded.pulls, deletes = t.deletes + excluded.deletes`;
}
