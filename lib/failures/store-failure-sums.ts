import type { Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { FoldedIncident } from "#lib/failures/rules-fold-incident";
import { spanDays, spanOrigin } from "#lib/failures/rules-spans";
import { clientOf } from "#lib/failures/store-read-incidents";

/** How often something failed in an hour, and what the sums tell it apart by. */
export interface CountedHour {
  hour: Date;
  cause: string;
  principal: string | null;
  agent: string | null;
  cluster: string | null;
  count: number;
}

export function countHours({ cause, principal, agents, cluster, hours }: FoldedIncident): CountedHour[] {
  const [agent = null] = agents;
  return hours.map(({ hour, count }) => ({ hour, cause, principal, agent, cluster, count }));
}

/** What is stored of these incidents, and in the sums therefore. */
export async function listCountedHours(tx: Tx, incidentIds: readonly bigint[]): Promise<CountedHour[]> {
  if (incidentIds.length === 0) return [];
  return tx.$queryRaw<CountedHour[]>`
    SELECT h.hour, i.cause, i.principal, i.agents[1] AS agent, i.cluster, h.count::float8 AS count
    FROM incident_hour h JOIN incident i ON i.id = h.incident_id WHERE h.incident_id = ANY(${[...incidentIds]}::bigint[])`;
}

/** Adds to the hours and spans of a registry what failed in one of its repositories; less is a count below zero. */
export async function addToFailureSums(
  tx: Tx,
  registryId: number,
  repository: string,
  told: readonly CountedHour[],
): Promise<void> {
  if (told.length === 0) return;
  await tx.$executeRaw`
    WITH told AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(told)}::json)
        AS x(hour timestamptz, cause text, principal text, agent text, cluster text, count bigint)),
    by_day AS (
      SELECT k.kind, (x.hour AT TIME ZONE 'UTC')::date AS day, k.name, sum(x.count) AS count
      FROM told x CROSS JOIN LATERAL (VALUES
        ('repository', ${repository}::text),
        ('principal', coalesce(x.principal, '')),
        ('client', coalesce(${clientOf(Prisma.sql`x.agent`)}, '')),
        ('cluster', coalesce(x.cluster, ''))) AS k(kind, name)
      GROUP BY 1, 2, 3 HAVING sum(x.count) <> 0),
    by_span AS (
      INSERT INTO failure_span AS t (registry_id, kind, days, day, name, count)
      SELECT ${registryId}, d.kind, s.days, d.day - (d.day - ${spanOrigin}::date) % s.days, d.name, sum(d.count)
      FROM by_day d CROSS JOIN unnest(${spanDays}::int[]) AS s(days)
      GROUP BY 2, 3, 4, 5 HAVING sum(d.count) <> 0 ORDER BY 2, 3, 4, 5
      ON CONFLICT (registry_id, kind, days, day, name) DO UPDATE SET count = t.count + excluded.count)
    INSERT INTO failure_hour AS t (registry_id, hour, cause, count)
    SELECT ${registryId}, x.hour, x.cause, sum(x.count) FROM told x
    GROUP BY x.hour, x.cause HAVING sum(x.count) <> 0 ORDER BY x.hour, x.cause
    ON CONFLICT (registry_id, hour, cause) DO UPDATE SET count = t.count + excluded.count`;
}
