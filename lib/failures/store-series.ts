import type { Scope } from "#lib/auth/rules";
import type { Db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { KeyedCount } from "#lib/failures/rules-series";
import { coverBySpans } from "#lib/failures/rules-spans";
import type { FailureSeriesQuery } from "#lib/failures/schema-incidents";
import { clientOf, type IncidentFilter, incidentConditions } from "#lib/failures/store-read-incidents";

export interface Steps {
  /** When each begins, in order; the last ends with `to`. One of them is a sum. */
  starts: readonly Date[];
  to: Date;
}

type By = FailureSeriesQuery["by"];

/**
 * Failures by key and step; keys beyond `top` are added up here, so that little leaves the database. What nobody is named
 * for has an empty key.
 */
export async function listSeriesRows(
  db: Db,
  filter: IncidentFilter,
  scope: Scope,
  steps: Steps,
  { by, top }: { by: By; top: number },
  now: Date,
): Promise<KeyedCount[]> {
  // What is asked for most has sums of its own.
  if (scope.everywhere && isPlain(filter)) {
    if (by === "cause" || by === "none" || by === "registry")
      return readLines(db, hourTotals(filter.registry, steps, by), steps, by, top);
    if (steps.starts.length === 1)
      return readLines(db, spanTotals(filter.registry, steps, by), steps, by, top);
    if (by === "repository") return readLargest(db, filter.registry, steps, top);
  }
  return readLines(db, incidentTotals(incidentConditions(filter, scope, now), steps, by), steps, by, top);
}

/** Thousands of repositories fail, and few of them are shown. */
async function readLargest(
  db: Db,
  registry: string | undefined,
  steps: Steps,
  top: number,
): Promise<KeyedCount[]> {
  const [largest, all] = await Promise.all([
    readLines(db, largestTotals(registry, steps, top), steps, "repository", top),
    readLines(db, hourTotals(registry, steps, "none"), steps, "none", 1),
  ]);
  return [...largest, ...takeFrom(all, largest)];
}

async function readLines(
  db: Db,
  told: Prisma.Sql,
  { starts }: Steps,
  by: By,
  top: number,
): Promise<KeyedCount[]> {
  // A line each, and not a row for each point.
  const lines = await db.$queryRaw<{ key: string | null; steps: number[]; counts: number[] }[]>`
    WITH told AS (${told}),
    ranked AS (
      SELECT t.registry_id, t.name, ${keyOf(by)} AS key, row_number() OVER (ORDER BY ${rankOf(by)}) <= ${top} AS shown
      FROM (SELECT registry_id, name, sum(count) AS count FROM told GROUP BY 1, 2) t
      LEFT JOIN registry r ON r.id = t.registry_id),
    lines AS (
      SELECT CASE WHEN k.shown THEN k.key END AS key, t.step, sum(t.count) AS count
      FROM told t JOIN ranked k ON k.registry_id = t.registry_id AND k.name = t.name GROUP BY 1, 2)
    SELECT key, array_agg(step) AS steps, array_agg(count::float8) AS counts FROM lines GROUP BY 1`;
  return lines.flatMap(({ key, steps, counts }) =>
    steps.flatMap((step, index) => {
      const at = starts[step - 1];
      return at === undefined ? [] : [{ key, at, count: counts[index] ?? 0 }];
    }),
  );
}

/** What is left of all when the largest are taken away. */
function takeFrom(all: readonly KeyedCount[], largest: readonly KeyedCount[]): KeyedCount[] {
  const taken = new Map<number, number>();
  for (const { at, count } of largest) taken.set(at.getTime(), (taken.get(at.getTime()) ?? 0) + count);
  return all
    .map(({ at, count }) => ({ key: null, at, count: count - (taken.get(at.getTime()) ?? 0) }))
    .filter(({ count }) => count > 0);
}

function isOfRegistry(column: Prisma.Sql, registry: string | undefined): Prisma.Sql {
  return registry === undefined
    ? Prisma.sql`TRUE`
    : Prisma.sql`${column} = (SELECT id FROM registry WHERE slug = ${registry})`;
}

function hourTotals(
  registry: string | undefined,
  steps: Steps,
  by: "cause" | "registry" | "none",
): Prisma.Sql {
  return Prisma.sql`
    SELECT ${by === "registry" ? Prisma.sql`h.registry_id` : Prisma.sql`0`} AS registry_id,
      ${by === "cause" ? Prisma.sql`h.cause` : Prisma.sql`''`} AS name, ${stepOf(steps)} AS step, sum(h.count) AS count
    FROM failure_hour h WHERE ${isWithin(steps)} AND ${isOfRegistry(Prisma.sql`h.registry_id`, registry)}
    GROUP BY 1, 2, 3 HAVING sum(h.count) > 0`;
}

const dayMs = 86_400_000;

/** All of the window as one step: its whole days from their spans, and the hours before and after from the incidents. */
function spanTotals(registry: string | undefined, steps: Steps, by: By): Prisma.Sql {
  const [from, to] = [beginOf(steps), steps.to];
  const first = new Date(Math.ceil(from.getTime() / dayMs) * dayMs);
  const end = new Date(Math.max(Math.floor(to.getTime() / dayMs) * dayMs, first.getTime()));
  const spans = coverBySpans(first, end);
  return Prisma.sql`
    SELECT ${by === "repository" ? Prisma.sql`s.registry_id` : Prisma.sql`0`} AS registry_id, s.name,
      1 AS step, sum(s.count) AS count
    FROM (
      SELECT d.registry_id, d.name, d.count
      FROM registry r CROSS JOIN unnest(${spans.map(({ days }) => days)}::smallint[], ${spans.map(({ day }) => day)}::date[]) AS c(days, day)
      JOIN failure_span d ON d.registry_id = r.id AND d.kind = ${by} AND d.days = c.days AND d.day = c.day
      WHERE ${isOfRegistry(Prisma.sql`r.id`, registry)}
      UNION ALL
      SELECT i.registry_id, ${nameOf(by)}, h.count FROM incident_hour h JOIN incident i ON i.id = h.incident_id
      WHERE ((h.hour >= ${from} AND h.hour < least(${first}, ${to}::timestamptz)) OR (h.hour >= ${end} AND h.hour < ${to}))
        AND ${isOfRegistry(Prisma.sql`i.registry_id`, registry)}) s
    GROUP BY 1, 2 HAVING sum(s.count) > 0`;
}

/** Of the repositories that failed most in all. */
function largestTotals(registry: string | undefined, steps: Steps, top: number): Prisma.Sql {
  const totals = spanTotals(registry, steps, "repository");
  return Prisma.sql`
    SELECT k.registry_id, k.name, ${stepOf(steps)} AS step, sum(h.count) AS count
    FROM (SELECT t.registry_id, t.name FROM (${totals}) t LEFT JOIN registry r ON r.id = t.registry_id
      ORDER BY ${rankOf("repository")} LIMIT ${top}) k
    JOIN incident_hour h ON h.registry_id = k.registry_id AND h.repository = k.name
    WHERE ${isWithin(steps)} GROUP BY 1, 2, 3`;
}

function incidentTotals(conditions: readonly Prisma.Sql[], steps: Steps, by: By): Prisma.Sql {
  const isOfRegistries = by === "repository" || by === "registry";
  // An hour counts what came until its end.
  return Prisma.sql`
    SELECT ${isOfRegistries ? Prisma.sql`i.registry_id` : Prisma.sql`0`} AS registry_id, ${nameOf(by)} AS name,
      ${stepOf(steps)} AS step, sum(h.count) AS count
    FROM incident_hour h JOIN incident i ON i.id = h.incident_id
    WHERE ${isWithin(steps)} AND i.last_at >= ${beginOf(steps)} AND i.first_at < ${steps.to}::timestamptz + interval '1 hour'
      AND ${Prisma.join(conditions, " AND ")} GROUP BY 1, 2, 3`;
}

function beginOf({ starts, to }: Steps): Date {
  return starts[0] ?? to;
}

function isWithin(steps: Steps): Prisma.Sql {
  return Prisma.sql`h.hour >= ${beginOf(steps)} AND h.hour < ${steps.to}`;
}

/** Which step an hour is in, from 1 on. */
function stepOf({ starts }: Steps): Prisma.Sql {
  return starts.length === 1
    ? Prisma.sql`1`
    : Prisma.sql`width_bucket(h.hour, ${[...starts]}::timestamptz[])`;
}

export async function sumFailures(
  db: Db,
  filter: IncidentFilter,
  scope: Scope,
  { from, to }: { from: Date; to: Date },
  now: Date,
): Promise<number> {
  const rows = await listSeriesRows(db, filter, scope, { starts: [from], to }, { by: "none", top: 1 }, now);
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function isPlain({ registry: _registry, ...others }: IncidentFilter): boolean {
  return Object.values(others).every((value) => value === undefined);
}

/** What is told apart; of registries and repositories, within their registry. */
function nameOf(by: By): Prisma.Sql {
  switch (by) {
    case "cause":
      return Prisma.sql`i.cause`;
    case "repository":
      return Prisma.sql`i.repository`;
    case "principal":
      return Prisma.sql`coalesce(i.principal, '')`;
    case "client":
      return Prisma.sql`coalesce(${clientOf(Prisma.sql`i.agents[1]`)}, '')`;
    case "cluster":
      return Prisma.sql`coalesce(i.cluster, '')`;
    case "registry":
    case "none":
      return Prisma.sql`''`;
  }
}

function keyOf(by: By): Prisma.Sql {
  if (by === "repository") return Prisma.sql`(r.slug || '/' || t.name)`;
  return by === "registry" ? Prisma.sql`r.slug` : Prisma.sql`t.name`;
}

/** The largest first. */
function rankOf(by: By): Prisma.Sql {
  return Prisma.sql`t.count DESC, ${keyOf(by)} COLLATE "C"`;
}
