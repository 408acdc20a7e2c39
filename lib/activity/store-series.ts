import { type ActivityFilter, type ActivitySums, chooseSums, type Reach } from "#lib/activity/choose-sums";
import type { DayWindow } from "#lib/activity/rules-window";
import type { ActivityAction, ActivitySeriesQuery } from "#lib/activity/schema";
import { parsePattern } from "#lib/auth/pattern";
import type { Db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { KeyedCount } from "#lib/failures/rules-series";

function countOf(action: ActivityAction | undefined): Prisma.Sql {
  if (action === "push") return Prisma.sql`a.pushes`;
  if (action === "pull") return Prisma.sql`a.pulls`;
  if (action === "delete") return Prisma.sql`a.deletes`;
  return Prisma.sql`(a.pushes + a.pulls + a.deletes)`;
}

type Asked = Pick<ActivitySeriesQuery, "step" | "by" | "top">;

const beginOf = (step: ActivitySeriesQuery["step"], { from }: DayWindow) =>
  step === "total"
    ? Prisma.sql`(${from}::timestamp AT TIME ZONE 'UTC')`
    : Prisma.sql`(date_trunc(${step}, a.day::timestamp) AT TIME ZONE 'UTC')`;

/** Activity by key and step; keys beyond `top` are added up here, so that few rows leave the database. */
export async function listActivityRows(
  db: Db,
  filter: ActivityFilter,
  window: DayWindow,
  asked: Asked,
  teams: readonly { slug: string; reaches: readonly Reach[] }[],
): Promise<KeyedCount[]> {
  if (filter.registryIds.length === 0) return [];
  const { step, by, top } = asked;
  const begin = beginOf(step, window);
  const count = countOf(filter.action);
  const sums = await chooseSums(db, filter, window, {
    repository: by === "repository" || by === "team",
    actor: by === "principal",
    days: step !== "total",
  });
  if (by === "action") return listActionRows(db, filter.action, sums, begin);
  if (by === "repository" && step !== "total") return listRepositoryRows(db, filter, window, asked, sums);
  return db.$queryRaw<KeyedCount[]>`
    WITH ${by === "team" ? teamTotals(sums, begin, count, teams) : keyTotals(sums, begin, count, by)},
    ranked AS (
      SELECT key, row_number() OVER (ORDER BY sum(count) DESC, key COLLATE "C") <= ${top} AS shown
      FROM told GROUP BY key)
    SELECT CASE WHEN ranked.shown THEN told.key END AS key, told.at, sum(told.count)::float8 AS count
    FROM told JOIN ranked ON ranked.key = told.key GROUP BY 1, 2`;
}

/** Only those that are shown are read day by day; the others are what is left of all. */
async function listRepositoryRows(
  db: Db,
  filter: ActivityFilter,
  window: DayWindow,
  { step, top }: Asked,
  sums: ActivitySums,
): Promise<KeyedCount[]> {
  const begin = beginOf(step, window);
  const count = countOf(filter.action);
  const [ranks, all] = await Promise.all([
    chooseSums(db, filter, window, { repository: true, actor: false, days: false }),
    chooseSums(db, filter, window, { repository: false, actor: false, days: true }),
  ]);
  return db.$queryRaw<KeyedCount[]>`
    WITH shown AS MATERIALIZED (
      SELECT r.slug || '/' || x.repository AS key, x.registry_id, x.repository
      FROM (SELECT a.registry_id, a.repository, sum(${count}) AS count
        FROM ${ranks.table} WHERE ${ranks.where} GROUP BY 1, 2 HAVING sum(${count}) > 0) x
      JOIN registry r ON r.id = x.registry_id
      ORDER BY x.count DESC, (r.slug || '/' || x.repository) COLLATE "C" LIMIT ${top}),
    told AS (
      SELECT s.key, ${begin} AS at, sum(${count}) AS count
      FROM shown s JOIN ${sums.table} ON a.registry_id = s.registry_id AND a.repository = s.repository
      WHERE ${sums.where} GROUP BY 1, 2 HAVING sum(${count}) > 0),
    everything AS (
      SELECT ${begin} AS at, sum(${count}) AS count FROM ${all.table} WHERE ${all.where} GROUP BY 1)
    SELECT key, at, count::float8 AS count FROM told
    UNION ALL
    SELECT NULL, e.at, (e.count - coalesce(t.count, 0))::float8
    FROM everything e LEFT JOIN (SELECT at, sum(count) AS count FROM told GROUP BY at) t ON t.at = e.at
    WHERE e.count > coalesce(t.count, 0)`;
}

function keyTotals(
  { table, where }: ActivitySums,
  begin: Prisma.Sql,
  count: Prisma.Sql,
  by: "none" | "registry" | "repository" | "principal",
): Prisma.Sql {
  const keys = {
    none: Prisma.sql`''`,
    registry: Prisma.sql`r.slug`,
    repository: Prisma.sql`r.slug || '/' || a.repository`,
    principal: Prisma.sql`a.actor`,
  };
  return Prisma.sql`told AS (
    SELECT ${keys[by]} AS key, ${begin} AS at, sum(${count}) AS count
    FROM ${table} JOIN registry r ON r.id = a.registry_id
    WHERE ${where} GROUP BY 1, 2 HAVING sum(${count}) > 0)`;
}

/** Each repository is held against the patterns once, however many days it has. */
function teamTotals(
  { table, where }: ActivitySums,
  begin: Prisma.Sql,
  count: Prisma.Sql,
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
      SELECT a.registry_id, a.repository, ${begin} AS at, sum(${count}) AS count
      FROM ${table} WHERE ${where} GROUP BY 1, 2, 3 HAVING sum(${count}) > 0),
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
  { table, where }: ActivitySums,
  begin: Prisma.Sql,
): Promise<KeyedCount[]> {
  return db.$queryRaw<KeyedCount[]>`
    WITH told AS (
      SELECT ${begin} AS at, sum(a.pushes) AS pushes, sum(a.pulls) AS pulls, sum(a.deletes) AS deletes
      FROM ${table} WHERE ${where} GROUP BY 1)
    SELECT x.key, told.at, x.count::float8 AS count
    FROM told CROSS JOIN LATERAL (
      VALUES ('push', told.pushes), ('pull', told.pulls), ('delete', told.deletes)) AS x(key, count)
    WHERE x.count > 0 AND (${action ?? null}::text IS NULL OR x.key = ${action ?? null})`;
}

export async function sumActivity(db: Db, filter: ActivityFilter, window: DayWindow): Promise<number> {
  if (filter.registryIds.length === 0) return 0;
  const sums = await chooseSums(db, filter, window, { repository: false, actor: false, days: false });
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT coalesce(sum(${countOf(filter.action)}), 0)::float8 AS count FROM ${sums.table} WHERE ${sums.where}`;
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
