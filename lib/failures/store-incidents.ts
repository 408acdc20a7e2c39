import type { Tx } from "#lib/db/client";
import type { IncidentPlan, KnownIncident } from "#lib/failures/rules-incident-plan";
import type { IncidentPast } from "#lib/failures/rules-past";
import { incidentDetailSchema } from "#lib/failures/schema-incidents";
import { addToFailureSums, countHours, listCountedHours } from "#lib/failures/store-failure-sums";

/** The incidents that failed at or after a time, or are still going on: those before can no longer change. */
export async function listIncidentsSince(
  tx: Tx,
  registryId: number,
  repository: string,
  since: Date,
): Promise<KnownIncident[]> {
  return tx.$queryRaw<KnownIncident[]>`
    SELECT id, fold_key AS "foldKey", fold_hash AS "foldHash", reference, family, subject_kind AS "subjectKind", subject, first_at AS "firstAt",
      last_at AS "lastAt", recovered_at AS "recoveredAt", acknowledged_at IS NOT NULL OR snoozed_until IS NOT NULL
        OR EXISTS (SELECT FROM incident_comment c WHERE c.incident_id = i.id) AS "isTended"
    FROM incident i
    WHERE registry_id = ${registryId} AND repository = ${repository}
      AND (last_at >= ${since} OR (recovered_at IS NULL AND NOT ended_quietly))
    ORDER BY first_at, id`;
}

/** What is stored of these, by their ids. */
export async function listIncidentPasts(tx: Tx, ids: readonly bigint[]): Promise<Map<bigint, IncidentPast>> {
  const rows = await tx.incident.findMany({
    where: { id: { in: [...ids] } },
    include: { hours: { orderBy: { hour: "asc" } } },
  });
  return new Map(
    rows.map(({ id, foldKey: key, firstAt, addresses, agents, nodes, sides, hours }) => [
      id,
      {
        ...{ key, firstAt, addresses, agents, nodes },
        sides: incidentDetailSchema.shape.sides.parse(sides).map((side) => ({
          ...side,
          firstAt: new Date(side.firstAt),
          lastAt: new Date(side.lastAt),
        })),
        hours: hours.map(({ hour, count }) => ({ hour, count: Number(count) })),
      },
    ]),
  );
}

/** Writes what the folding came to, and adds to the sums of the registry what became more or less. */
export async function writeIncidentPlan(
  tx: Tx,
  registryId: number,
  repository: string,
  plan: IncidentPlan,
  now: Date,
): Promise<void> {
  if (plan.write.length + plan.remove.length === 0) return;
  const kept = plan.write.flatMap(({ id }) => id ?? []);
  const before = await listCountedHours(tx, [...plan.remove, ...kept]);
  if (plan.remove.length > 0)
    await tx.$executeRaw`DELETE FROM incident WHERE id = ANY(${plan.remove}::bigint[])`;
  // A begin that moved must not meet the key of another one that moves too.
  if (kept.length > 0) {
    await tx.$executeRaw`UPDATE incident SET fold_key = 'moving ' || id WHERE id = ANY(${kept}::bigint[])`;
    await tx.$executeRaw`DELETE FROM incident_hour WHERE incident_id = ANY(${kept}::bigint[])`;
  }
  for (let from = 0; from < plan.write.length; from += atOnce)
    await writeIncidents(tx, registryId, repository, plan.write.slice(from, from + atOnce), now);
  const after = plan.write.flatMap(({ incident }) => countHours(incident));
  const less = before.map((one) => ({ ...one, count: -one.count }));
  await addToFailureSums(tx, registryId, repository, [...less, ...after]);
}

/** Thousands fail at once where anybody may try. */
const atOnce = 1_000;

async function writeIncidents(
  tx: Tx,
  registryId: number,
  repository: string,
  incidents: IncidentPlan["write"],
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    WITH told AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(incidents.map(toRow))}::json) AS x(id bigint, key text, hash text,
        reference text, cause text, family text, kind text, subject text, principal text, cluster text, namespace text,
        workload text, addresses text[], agents text[], nodes text[], sides jsonb, count bigint, first timestamptz,
        last timestamptz, recovered timestamptz, quiet boolean, hours json)
    ), changed AS (
      UPDATE incident i SET fold_key = t.key, fold_hash = t.hash, reference = t.reference, cause = t.cause,
        family = t.family, subject_kind = t.kind, subject = t.subject, principal = t.principal, cluster = t.cluster,
        namespace = t.namespace, workload = t.workload, addresses = t.addresses, agents = t.agents, nodes = t.nodes,
        sides = t.sides, count = t.count, first_at = t.first, last_at = t.last, recovered_at = t.recovered,
        ended_quietly = t.quiet, updated_at = ${now}
      FROM told t WHERE i.id = t.id
      RETURNING i.id, t.hours
    ), added AS (
      INSERT INTO incident (registry_id, repository, fold_key, fold_hash, reference, cause, family, subject_kind, subject,
        principal, cluster, namespace, workload, addresses, agents, nodes, sides, count, first_at, last_at, recovered_at,
        ended_quietly, created_at, updated_at)
      SELECT ${registryId}, ${repository}, key, hash, reference, cause, family, kind, subject, principal, cluster, namespace,
        workload, addresses, agents, nodes, sides, count, first, last, recovered, quiet, ${now}, ${now}
      FROM told WHERE id IS NULL
      RETURNING id, fold_key
    )
    INSERT INTO incident_hour (incident_id, registry_id, repository, hour, count)
    SELECT w.id, ${registryId}, ${repository}, h.hour, h.count FROM (
      SELECT id, hours FROM changed
      UNION ALL SELECT a.id, t.hours FROM added a JOIN told t ON t.id IS NULL AND t.key = a.fold_key) w
    CROSS JOIN LATERAL json_to_recordset(w.hours) AS h(hour timestamptz, count bigint)`;
}

function toRow({ id, incident, hash }: IncidentPlan["write"][number]) {
  return {
    id: id === null ? null : String(id),
    key: incident.key,
    hash,
    reference: incident.reference,
    cause: incident.cause,
    family: incident.family,
    kind: incident.subject.kind,
    subject: incident.subject.name,
    principal: incident.principal,
    cluster: incident.cluster,
    namespace: incident.namespace,
    workload: incident.workload,
    addresses: incident.addresses,
    agents: incident.agents,
    nodes: incident.nodes,
    sides: incident.sides,
    count: incident.count,
    first: incident.firstAt,
    last: incident.lastAt,
    recovered: incident.recoveredAt,
    quiet: incident.endedQuietly,
    hours: incident.hours,
  };
}
