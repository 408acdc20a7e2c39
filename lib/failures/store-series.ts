import type { Scope } from "#lib/auth/rules";
import type { Db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { FailureSeriesQuery } from "#lib/failures/schema-incidents";
import { clientOf, type IncidentFilter, incidentConditions } from "#lib/failures/store-read-incidents";

export interface SeriesRow {
  key: string;
  /** The begin of a step. */
  at: Date;
  count: number;
}

interface Window {
  from: Date;
  to: Date;
  step: FailureSeriesQuery["step"];
  zone: string;
}

/** Failures by key and step. What nobody is named for has an empty key. */
export async function listSeriesRows(
  db: Db,
  filter: IncidentFilter,
  scope: Scope,
  { from, to, step, zone }: Window,
  by: FailureSeriesQuery["by"],
  now: Date,
): Promise<SeriesRow[]> {
  const at = Prisma.sql`date_trunc(${step}, h.hour, ${zone})`;
  // What is asked for most has sums of its own.
  if (scope.everywhere && isPlain(filter) && (by === "cause" || by === "none")) {
    const key = by === "cause" ? Prisma.sql`h.cause` : Prisma.sql`''`;
    const registry =
      filter.registry === undefined
        ? Prisma.sql`TRUE`
        : Prisma.sql`h.registry_id = (SELECT id FROM registry WHERE slug = ${filter.registry})`;
    return db.$queryRaw<SeriesRow[]>`
      SELECT ${key} AS key, ${at} AS at, sum(h.count)::float8 AS count FROM failure_hour h
      WHERE h.hour >= ${from} AND h.hour < ${to} AND ${registry} GROUP BY 1, 2 HAVING sum(h.count) > 0`;
  }
  const conditions = incidentConditions(filter, scope, now);
  return db.$queryRaw<SeriesRow[]>`
    SELECT ${keyOf(by)} AS key, ${at} AS at, sum(h.count)::float8 AS count
    FROM incident_hour h JOIN incident i ON i.id = h.incident_id JOIN registry r ON r.id = i.registry_id
    WHERE h.hour >= ${from} AND h.hour < ${to} AND ${Prisma.join(conditions, " AND ")} GROUP BY 1, 2`;
}

export async function sumFailures(
  db: Db,
  filter: IncidentFilter,
  scope: Scope,
  { from, to }: { from: Date; to: Date },
  now: Date,
): Promise<number> {
  const rows = await listSeriesRows(db, filter, scope, { from, to, step: "week", zone: "UTC" }, "none", now);
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function isPlain({ registry: _registry, ...others }: IncidentFilter): boolean {
  return Object.values(others).every((value) => value === undefined);
}

function keyOf(by: FailureSeriesQuery["by"]): Prisma.Sql {
  switch (by) {
    case "cause":
      return Prisma.sql`i.cause`;
    case "registry":
      return Prisma.sql`r.slug`;
    case "repository":
      return Prisma.sql`r.slug || '/' || i.repository`;
    case "principal":
      return Prisma.sql`coalesce(i.principal, '')`;
    case "client":
      return Prisma.sql`coalesce(${clientOf(Prisma.sql`i.agents[1]`)}, '')`;
    case "cluster":
      return Prisma.sql`coalesce(i.cluster, '')`;
    case "none":
      return Prisma.sql`''`;
  }
}
