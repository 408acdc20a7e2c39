import { formatUtcDay } from "#lib/activity/rules-window";
import { type Db, db, type Tx } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";

/** The lengths of the windows that are kept added up, in days that end with today: those that pages offer. */
export const keptWindowDays = [7, 30, 90, 364];

const dayMs = 86_400_000;

function tomorrowOf(now: Date): string {
  return formatUtcDay(new Date(now.getTime() + dayMs));
}

/**
 * Lets the windows of a registry end with today, and holds them until the transaction ends. They are added up anew
 * each day, so that nothing that once went wrong lasts.
 */
export async function holdWindows(tx: Tx, registryId: number, now: Date): Promise<void> {
  const until = tomorrowOf(now);
  const moved = await tx.$executeRaw`
    INSERT INTO activity_window_end AS e (registry_id, until) VALUES (${registryId}, ${until}::date)
    ON CONFLICT (registry_id) DO UPDATE SET until = excluded.until WHERE e.until < excluded.until`;
  if (moved === 0) {
    await tx.$queryRaw`SELECT FROM activity_window_end WHERE registry_id = ${registryId} FOR UPDATE`;
    return;
  }
  await tx.$executeRaw`DELETE FROM activity_window WHERE registry_id = ${registryId}`;
  await tx.$executeRaw`
    INSERT INTO activity_window (registry_id, days, repository, pushes, pulls, deletes)
    SELECT ${registryId}, w.days, a.repository, sum(a.pushes), sum(a.pulls), sum(a.deletes)
    FROM unnest(${keptWindowDays}::int[]) AS w(days)
    JOIN activity_repository_day a ON a.registry_id = ${registryId}
      AND a.day >= ${until}::date - w.days AND a.day < ${until}::date
    GROUP BY w.days, a.repository`;
}

/** Moves the windows of all registries whose day has ended. */
export async function moveDueWindows(now: Date): Promise<void> {
  const due = await db().$queryRaw<{ id: number }[]>`
    SELECT r.id FROM registry r LEFT JOIN activity_window_end e ON e.registry_id = r.id
    WHERE e.until < ${tomorrowOf(now)}::date OR (e.until IS NULL AND EXISTS (
      SELECT FROM activity_registry_day a WHERE a.registry_id = r.id))`;
  for (const { id } of due) await withRetry(() => db().$transaction((tx) => holdWindows(tx, id, now)));
}

/** Whether the windows of all these registries end there; one of which nothing was ever told has none. */
export async function areWindowsAt(db: Db, registryIds: readonly number[], until: string): Promise<boolean> {
  const [found] = await db.$queryRaw<{ ready: boolean }[]>`
    SELECT NOT EXISTS (
      SELECT FROM unnest(${[...registryIds]}::int[]) AS r(id) LEFT JOIN activity_window_end e ON e.registry_id = r.id
      WHERE e.until IS DISTINCT FROM ${until}::date AND (e.until IS NOT NULL OR EXISTS (
        SELECT FROM activity_registry_day a WHERE a.registry_id = r.id))) AS ready`;
  return found?.ready ?? false;
}
