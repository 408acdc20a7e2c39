import { type ActivityFilter, anyOf, chooseSums, type Reach } from "#lib/activity/choose-sums";
import type { DayWindow } from "#lib/activity/rules-window";
import type { ActivityRepositoriesQuery } from "#lib/activity/schema";
import type { Db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";

export interface PublishingRow {
  registry: string;
  repository: string;
  principal: string;
  pushes: number;
  first_day: string;
  last_day: string;
  pushed_before: boolean;
  /** Whether the registry had told of things for as long before. */
  known_before: boolean;
}

/** Pushes to repositories that these rules protect, by whom. */
export async function listPublishingRows(
  db: Db,
  filter: ActivityFilter,
  window: DayWindow,
  protectedBy: readonly Reach[],
  daysBefore: number,
  take: number,
): Promise<PublishingRow[]> {
  if (filter.registryIds.length === 0 || protectedBy.length === 0) return [];
  const sums = await chooseSums(db, filter, window, { repository: true, actor: true, days: true });
  // The days are looked up one by one: a range over the index would read what all others did on them.
  return db.$queryRaw<PublishingRow[]>`
    WITH told AS (
      SELECT a.registry_id, a.repository, a.actor, sum(a.pushes) AS pushes, min(a.day) AS first_day, max(a.day) AS last_day
      FROM ${sums.table}
      WHERE ${sums.where} AND a.pushes > 0 AND ${anyOf(protectedBy)}
      GROUP BY 1, 2, 3 ORDER BY pushes DESC, a.registry_id, a.repository, a.actor LIMIT ${take})
    SELECT r.slug AS registry, t.repository, t.actor AS principal, t.pushes::float8 AS pushes,
      to_char(t.first_day, 'YYYY-MM-DD') AS first_day, to_char(t.last_day, 'YYYY-MM-DD') AS last_day,
      EXISTS (SELECT FROM activity_day b WHERE b.registry_id = t.registry_id AND b.repository = t.repository
        AND b.actor = t.actor AND b.pushes > 0
        AND b.day = ANY(ARRAY(SELECT t.first_day - n FROM generate_series(1, ${daysBefore}::int) n))) AS pushed_before,
      (SELECT b.day FROM activity_registry_day b WHERE b.registry_id = t.registry_id ORDER BY b.day LIMIT 1)
        <= t.first_day - ${daysBefore}::int AS known_before
    FROM told t JOIN registry r ON r.id = t.registry_id
    ORDER BY t.pushes DESC, t.registry_id, t.repository, t.actor`;
}

export interface ActiveRepositoryRow {
  registry_id: number;
  registry: string;
  repository: string;
  pushes: number;
  pulls: number;
  deletes: number;
  first_pushed_at: Date | null;
  last_pushed_at: Date | null;
  last_pulled_at: Date | null;
}

/** The repositories with most activity in the window, with what is known of all time. */
export async function listActiveRepositories(
  db: Db,
  filter: ActivityFilter,
  window: DayWindow,
  sort: ActivityRepositoriesQuery["sort"],
  take: number,
): Promise<ActiveRepositoryRow[]> {
  if (filter.registryIds.length === 0) return [];
  const sums = await chooseSums(db, filter, window, { repository: true, actor: false, days: false });
  const order = sort === "-pulls" ? Prisma.sql`pulls DESC, pushes DESC` : Prisma.sql`pushes DESC, pulls DESC`;
  // One registry at a time, so that its windows can be read in the order of their index.
  const told = sums.isWindow
    ? Prisma.sql`
      SELECT x.* FROM unnest(${[...filter.registryIds]}::int[]) AS one(id) CROSS JOIN LATERAL (
        SELECT a.registry_id, a.repository, a.pushes, a.pulls, a.deletes
        FROM ${sums.table} WHERE ${sums.where} AND a.registry_id = one.id
        ORDER BY ${order}, a.repository COLLATE "C" LIMIT ${take}) x
      ORDER BY ${order}, x.repository COLLATE "C", x.registry_id LIMIT ${take}`
    : Prisma.sql`
      SELECT a.registry_id, a.repository, sum(a.pushes) AS pushes, sum(a.pulls) AS pulls, sum(a.deletes) AS deletes
      FROM ${sums.table} WHERE ${sums.where}
      GROUP BY 1, 2 ORDER BY ${order}, a.repository COLLATE "C", a.registry_id LIMIT ${take}`;
  return db.$queryRaw<ActiveRepositoryRow[]>`
    WITH told AS (${told})
    SELECT t.registry_id, t.repository, t.pushes::float8 AS pushes, t.pulls::float8 AS pulls, t.deletes::float8 AS deletes,
      r.slug AS registry, p.last_pushed_at, p.last_pulled_at, m.at AS first_pushed_at
    FROM told t JOIN registry r ON r.id = t.registry_id
    LEFT JOIN repository p ON p.registry_id = t.registry_id AND p.name = t.repository
    LEFT JOIN LATERAL (
      SELECT at FROM tag_move WHERE repository_id = p.id AND digest IS NOT NULL AND NOT at_seen
      ORDER BY at, id LIMIT 1) m ON true
    ORDER BY ${order}, t.repository COLLATE "C", t.registry_id`;
}
