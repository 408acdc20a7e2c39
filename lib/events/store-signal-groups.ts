import type { Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { SignalGroup } from "#lib/failures/rules-signal-group";
import type { FailedClient, WantedSpan } from "#lib/failures/rules-signal-runs";

/** What was told of one repository in these spans, equal signals of a minute as one. */
export async function listSignalGroupRows(
  tx: Tx,
  registryId: number,
  repository: string,
  spans: readonly WantedSpan[],
  clients: readonly FailedClient[],
): Promise<SignalGroup[]> {
  const wanted = readSpans(spans);
  return tx.$queryRaw<SignalGroup[]>`
    WITH told AS MATERIALIZED (
      SELECT e.side, e.action, e.cause, coalesce(e.tag, e.digest) AS reference, e.actor, e.address, e.agent, e.cluster,
        e.namespace, e.workload, e.node, e.provisional, e.count, e.at, e.last_at
      FROM ${wanted}
      JOIN registry_event e ON e.registry_id = ${registryId} AND e.repository = ${repository} AND e.at >= x.f AND e.at < x.t
        AND e.last_at >= x.o
      WHERE e.action = 'pull' OR (e.action = 'push' AND e.cause IS NULL)
    ), failed AS MATERIALIZED (
      SELECT DISTINCT actor, address, workload, namespace FROM told WHERE cause IS NOT NULL
      UNION ${readClients(clients)}
    )
    SELECT side, action, cause, reference, actor, address, agent, cluster, namespace, workload, node, provisional,
      least(sum(count), 2000000000)::int AS count, min(at) AS "firstAt", max(last_at) AS "lastAt"
    FROM told t WHERE cause IS NOT NULL OR ${isOneOf}
    GROUP BY date_trunc('minute', at), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12`;
}

export async function listFailedHourRows(
  tx: Tx,
  registryId: number,
  repository: string,
  since: Date,
): Promise<{ hour: Date }[]> {
  return tx.$queryRaw<{ hour: Date }[]>`
    SELECT DISTINCT date_trunc('hour', at, 'UTC') AS hour FROM registry_event
    WHERE registry_id = ${registryId} AND repository = ${repository} AND at >= ${since} AND action = 'pull'
      AND cause IS NOT NULL`;
}

export async function listHourRowsBefore(
  tx: Tx,
  registryId: number,
  repository: string,
  spans: readonly WantedSpan[],
): Promise<{ hour: Date }[]> {
  const wanted = readSpans(spans);
  return tx.$queryRaw<{ hour: Date }[]>`
    SELECT DISTINCT date_trunc('hour', e.at, 'UTC') AS hour
    FROM ${wanted}
    JOIN registry_event e ON e.registry_id = ${registryId} AND e.repository = ${repository} AND e.at >= x.f AND e.at < x.t
      AND e.last_at >= x.o
    WHERE e.provisional AND e.action = 'pull'`;
}

export async function listPulledHourRows(
  tx: Tx,
  registryId: number,
  repository: string,
  since: Date,
  clients: readonly FailedClient[],
): Promise<{ hour: Date }[]> {
  return tx.$queryRaw<{ hour: Date }[]>`
    WITH failed AS MATERIALIZED (${readClients(clients)})
    SELECT DISTINCT date_trunc('hour', at, 'UTC') AS hour FROM registry_event t
    WHERE registry_id = ${registryId} AND repository = ${repository} AND at >= ${since} AND cause IS NULL
      AND action = 'pull' AND ${isOneOf}`;
}

function readSpans(spans: readonly WantedSpan[]): Prisma.Sql {
  const given = spans.map(({ from, open, to }) => ({
    f: new Date(from),
    o: new Date(open),
    t: new Date(to),
  }));
  return Prisma.sql`json_to_recordset(${JSON.stringify(given)}::json) AS x(f timestamptz, o timestamptz, t timestamptz)`;
}

function readClients(clients: readonly FailedClient[]): Prisma.Sql {
  return Prisma.sql`SELECT actor, address, workload, namespace FROM json_to_recordset(${JSON.stringify(clients)}::json)
    AS c(actor text, address text, workload text, namespace text)`;
}

/** Each part is a hashed look-up: one condition over all of them would compare each row with each. */
const isOneOf = Prisma.sql`(t.actor IN (SELECT f.actor FROM failed f WHERE f.actor IS NOT NULL)
  OR t.address IN (SELECT f.address FROM failed f WHERE f.address IS NOT NULL)
  OR (t.workload IS NOT NULL AND (t.workload, coalesce(t.namespace, '')) IN (SELECT f.workload, coalesce(f.namespace, '')
    FROM failed f WHERE f.workload IS NOT NULL)))`;
