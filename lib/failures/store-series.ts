import type { Scope } from "#lib/auth/rules";
import type { Db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { KeyedCount } from "#lib/failures/rules-series";
import type { FailureSeriesQuery } from "#lib/failures/schema-incidents";
import { clientOf, type IncidentFilter, incidentConditions } from "#lib/failures/store-read-incidents";

interface Window {
  from: Date;
  to: Date;
  step: FailureSeriesQuery["step"];
  zone: string;
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
  window: Window,
  { by, top }: { by: By; top: number },
  now: Date,
): Promise<KeyedCount[]> {
  // What is asked for most has sums of its own.
  const isPlainCause = scope.everywhere && isPlain(filter) && (by === "cause" || by === "none");
  const told = isPlainCause
    ? causeTotals(filter.registry, window, by)
    : incidentTotals(incidentConditions(filter, scope, now), window, by);
  // A line each, and not a row for each point.
  const lines = await db.$queryRaw<{ key: string | null; seconds: number[]; counts: number[] }[]>`
    WITH told AS (${told}),
    ranked AS (
      SELECT t.registry_id, t.name, ${keyOf(by)} AS key,
        row_number() OVER (ORDER BY t.count DESC, ${keyOf(by)} COLLATE "C") <= ${top} AS shown
      FROM (SELECT registry_id, name, sum(count) AS count FROM told GROUP BY 1, 2) t
      LEFT JOIN registry r ON r.id = t.registry_id),
    lines AS (
      SELECT CASE WHEN k.shown THEN k.key END AS key, t.at, sum(t.count) AS count
      FROM told t JOIN ranked k ON k.registry_id = t.registry_id AND k.name = t.name GROUP BY 1, 2)
    SELECT key, array_agg(extract(epoch FROM at)::int) AS seconds, array_agg(count::float8) AS counts FROM lines GROUP BY 1`;
  return lines.flatMap(({ key, seconds, counts }) =>
    seconds.map((at, index) => ({ key, at: new Date(at * 1_000), count: counts[index] ?? 0 })),
  );
}

function causeTotals(registry: string | undefined, { from, to, step, zone }: Window, by: By): Prisma.Sql {
  const name = by === "cause" ? Prisma.sql`h.cause` : Prisma.sql`''`;
  const isOfRegistry =
    registry === undefined
      ? Prisma.sql`TRUE`
      : Prisma.sql`h.registry_id = (SELECT id FROM registry WHERE slug = ${registry})`;
  return Prisma.sql`
    SELECT 0 AS registry_id, ${name} AS name, ${beginOf(step, zone)} AS at, sum(h.count) AS count FROM failure_hour h
    WHERE h.hour >= ${from} AND h.hour < ${to} AND ${isOfRegistry} GROUP BY 1, 2, 3 HAVING sum(h.count) > 0`;
}

function incidentTotals(
  conditions: readonly Prisma.Sql[],
  { from, to, step, zone }: Window,
  by: By,
): Prisma.Sql {
  const isOfRegistries = by === "repository" || by === "registry";
  // An hour counts what came until its end.
  return Prisma.sql`
    SELECT ${isOfRegistries ? Prisma.sql`i.registry_id` : Prisma.sql`0`} AS registry_id, ${nameOf(by)} AS name,
      ${beginOf(step, zone)} AS at, sum(h.count) AS count
    FROM incident_hour h JOIN incident i ON i.id = h.incident_id
    WHERE h.hour >= ${from} AND h.hour < ${to} AND i.last_at >= ${from} AND i.first_at < ${to}::timestamptz + interval '1 hour'
      AND ${Prisma.join(conditions, " AND ")} GROUP BY 1, 2, 3`;
}

/** Hours begin where they begin. */
function beginOf(step: Window["step"], zone: string): Prisma.Sql {
  return step === "hour" && zone === "UTC"
    ? Prisma.sql`h.hour`
    : Prisma.sql`date_trunc(${step}, h.hour, ${zone})`;
}

export async function sumFailures(
  db: Db,
  filter: IncidentFilter,
  scope: Scope,
  { from, to }: { from: Date; to: Date },
  now: Date,
): Promise<number> {
  const window: Window = { from, to, step: "week", zone: "UTC" };
  const rows = await listSeriesRows(db, filter, scope, window, { by: "none", top: 1 }, now);
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
