import type { DayWindow } from "#lib/activity/rules-window";
import type { ActivityAction, ActivityRepositoriesQuery, ActivitySeriesQuery } from "#lib/activity/schema";
import { parsePattern } from "#lib/auth/pattern";
import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import type { Db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";

export interface Reach {
  registryId: number | null;
  pattern: string;
}

export interface ActivityFilter {
  scope: Scope;
  /** Those that the caller may know of, or the one that was asked for. */
  registryIds: readonly number[];
  repository?: string;
  principal?: string;
  /** The patterns of a team; null when none was asked for. */
  teamReaches: readonly Reach[] | null;
  action?: ActivityAction;
}

export interface ActivityRow {
  /** Null where it is one of many others. */
  key: string | null;
  at: Date;
  count: number;
}

function conditionsOf(filter: ActivityFilter, { from, until }: DayWindow): Prisma.Sql {
  const parts = [
    Prisma.sql`a.registry_id = ANY(${[...filter.registryIds]}::int[])`,
    Prisma.sql`a.day >= ${from}::date AND a.day < ${until}::date`,
    scopeCondition(filter.scope, "a.registry_id", "a.repository"),
  ];
  if (filter.repository !== undefined) parts.push(Prisma.sql`a.repository = ${filter.repository}`);
  if (filter.principal !== undefined) parts.push(Prisma.sql`a.actor = ${filter.principal}`);
  if (filter.teamReaches !== null) parts.push(anyOf(filter.teamReaches));
  return Prisma.join(parts, " AND ");
}

function anyOf(rules: readonly Reach[]): Prisma.Sql {
  return scopeCondition({ everywhere: false, rules }, "a.registry_id", "a.repository");
}

function countOf(action: ActivityAction | undefined): Prisma.Sql {
  if (action === "push") return Prisma.sql`a.pushes`;
  if (action === "pull") return Prisma.sql`a.pulls`;
  if (action === "delete") return Prisma.sql`a.deletes`;
  return Prisma.sql`(a.pushes + a.pulls + a.deletes)`;
}

const beginOf = (step: ActivitySeriesQuery["step"]) =>
  Prisma.sql`(date_trunc(${step}, a.day::timestamp) AT TIME ZONE 'UTC')`;

/** Activity by key and step; keys beyond `top` are added up here, so that few rows leave the database. */
export async function listActivityRows(
  db: Db,
  filter: ActivityFilter,
  window: DayWindow,
  { step, by, top }: Pick<ActivitySeriesQuery, "step" | "by" | "top">,
  teams: readonly { slug: string; reaches: readonly Reach[] }[],
): Promise<ActivityRow[]> {
  if (filter.registryIds.length === 0) return [];
  const where = conditionsOf(filter, window);
  if (by === "action") return listActionRows(db, filter.action, where, step);
  return db.$queryRaw<ActivityRow[]>`
    WITH ${by === "team" ? teamTotals(where, step, filter.action, teams) : keyTotals(where, step, filter.action, by)},
    ranked AS (
      SELECT key, row_number() OVER (ORDER BY sum(count) DESC, key COLLATE "C") <= ${top} AS shown
      FROM told GROUP BY key)
    SELECT CASE WHEN ranked.shown THEN told.key END AS key, told.at, sum(told.count)::float8 AS count
    FROM told JOIN ranked ON ranked.key = told.key GROUP BY 1, 2`;
}

function keyTotals(
  where: Prisma.Sql,
  step: ActivitySeriesQuery["step"],
  action: ActivityAction | undefined,
  by: "none" | "registry" | "repository" | "principal",
): Prisma.Sql {
  const keys = {
    none: Prisma.sql`''`,
    registry: Prisma.sql`r.slug`,
    repository: Prisma.sql`r.slug || '/' || a.repository`,
    principal: Prisma.sql`a.actor`,
  };
  return Prisma.sql`told AS (
    SELECT ${keys[by]} AS key, ${beginOf(step)} AS at, sum(${countOf(action)}) AS count
    FROM activity_day a JOIN registry r ON r.id = a.registry_id
    WHERE ${where} GROUP BY 1, 2 HAVING sum(${countOf(action)}) > 0)`;
}

/** Each repository is held against the patterns once, however many days it has. */
function teamTotals(
  where: Prisma.Sql,
  step: ActivitySeriesQuery["step"],
  action: ActivityAction | undefined,
  teams: readonly { slug: string; reaches: readonly Reach[] }[],
): Prisma.Sql {
  const patterns = teams.flatMap(({ slug, reaches }) =>
    reaches.flatMap(({ registryId, pattern: text }) => {
      const pattern = parsePattern(text);
      if (pattern === null) return [];
      const name = pattern.kind === "exact" ? pattern.name : pattern.prefix;
      return [{ team: slug, registry_id: registryId, kind: pattern.kind, name }];
    }),
  );
  return Prisma.sql`found AS (
      SELECT a.registry_id, a.repository, ${beginOf(step)} AS at, sum(${countOf(action)}) AS count
      FROM activity_day a WHERE ${where} GROUP BY 1, 2, 3 HAVING sum(${countOf(action)}) > 0),
    pattern AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(patterns)}::json)
        AS p(team text, registry_id int, kind text, name text)),
    held AS (
      SELECT DISTINCT n.registry_id, n.repository, p.team
      FROM (SELECT DISTINCT registry_id, repository FROM found) n
      JOIN pattern p ON (p.registry_id IS NULL OR p.registry_id = n.registry_id)
        AND CASE p.kind WHEN 'exact' THEN n.repository = p.name ELSE starts_with(n.repository, p.name)
          AND (p.kind = 'descendants' OR position('/' in substr(n.repository, length(p.name) + 1)) = 0) END),
    told AS (
      SELECT coalesce(h.team, '') AS key, f.at, sum(f.count) AS count
      FROM found f LEFT JOIN held h ON h.registry_id = f.registry_id AND h.repository = f.repository
      GROUP BY 1, 2)`;
}

async function listActionRows(
  db: Db,
  action: ActivityAction | undefined,
  where: Prisma.Sql,
  step: ActivitySeriesQuery["step"],
): Promise<ActivityRow[]> {
  return db.$queryRaw<ActivityRow[]>`
    WITH told AS (
      SELECT ${beginOf(step)} AS at, sum(a.pushes) AS pushes, sum(a.pulls) AS pulls, sum(a.deletes) AS deletes
      FROM activity_day a WHERE ${where} GROUP BY 1)
    SELECT x.key, told.at, x.count::float8 AS count
    FROM told CROSS JOIN LATERAL (
      VALUES ('push', told.pushes), ('pull', told.pulls), ('delete', told.deletes)) AS x(key, count)
    WHERE x.count > 0 AND (${action ?? null}::text IS NULL OR x.key = ${action ?? null})`;
}

export async function sumActivity(db: Db, filter: ActivityFilter, window: DayWindow): Promise<number> {
  if (filter.registryIds.length === 0) return 0;
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT coalesce(sum(${countOf(filter.action)}), 0)::float8 AS count FROM activity_day a
    WHERE ${conditionsOf(filter, window)}`;
  return row?.count ?? 0;
}

/** How many of these registries told of pulls on each day. */
export async function listToldDays(
  db: Db,
  registryIds: readonly number[],
  { from, until }: DayWindow,
): Promise<{ day: string; count: number }[]> {
  return db.$queryRaw<{ day: string; count: number }[]>`
    SELECT to_char(day, 'YYYY-MM-DD') AS day, count(*)::int AS count FROM registry_day
    WHERE registry_id = ANY(${[...registryIds]}::int[]) AND day >= ${from}::date AND day < ${until}::date
    GROUP BY day`;
}

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
  // The days are looked up one by one: a range over the index would read what all others did on them.
  return db.$queryRaw<PublishingRow[]>`
    WITH told AS (
      SELECT a.registry_id, a.repository, a.actor, sum(a.pushes) AS pushes, min(a.day) AS first_day, max(a.day) AS last_day
      FROM activity_day a
      WHERE ${conditionsOf(filter, window)} AND a.pushes > 0 AND ${anyOf(protectedBy)}
      GROUP BY 1, 2, 3 ORDER BY pushes DESC, a.registry_id, a.repository, a.actor LIMIT ${take})
    SELECT r.slug AS registry, t.repository, t.actor AS principal, t.pushes::float8 AS pushes,
      to_char(t.first_day, 'YYYY-MM-DD') AS first_day, to_char(t.last_day, 'YYYY-MM-DD') AS last_day,
      EXISTS (SELECT FROM activity_day b WHERE b.registry_id = t.registry_id AND b.repository = t.repository
        AND b.actor = t.actor AND b.pushes > 0
        AND b.day = ANY(ARRAY(SELECT t.first_day - n FROM generate_series(1, ${daysBefore}::int) n))) AS pushed_before,
      (SELECT b.day FROM activity_day b WHERE b.registry_id = t.registry_id ORDER BY b.day LIMIT 1)
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
  const order = sort === "-pulls" ? Prisma.sql`pulls DESC, pushes DESC` : Prisma.sql`pushes DESC, pulls DESC`;
  return db.$queryRaw<ActiveRepositoryRow[]>`
    WITH told AS (
      SELECT a.registry_id, a.repository, sum(a.pushes)::float8 AS pushes, sum(a.pulls)::float8 AS pulls,
        sum(a.deletes)::float8 AS deletes
      FROM activity_day a WHERE ${conditionsOf(filter, window)}
      GROUP BY 1, 2 ORDER BY ${order}, a.repository COLLATE "C", a.registry_id LIMIT ${take})
    SELECT t.*, r.slug AS registry, p.last_pushed_at, p.last_pulled_at, m.at AS first_pushed_at
    FROM told t JOIN registry r ON r.id = t.registry_id
    LEFT JOIN repository p ON p.registry_id = t.registry_id AND p.name = t.repository
    LEFT JOIN LATERAL (
      SELECT at FROM tag_move WHERE repository_id = p.id AND digest IS NOT NULL AND NOT at_seen
      ORDER BY at, id LIMIT 1) m ON true
    ORDER BY ${order}, t.repository COLLATE "C", t.registry_id`;
}
