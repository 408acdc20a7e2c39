import type { Tx } from "#lib/db/client";
import type { FoldedIncident } from "#lib/failures/rules-fold-incident";
import type { IncidentPlan, KnownIncident } from "#lib/failures/rules-incident-plan";
import type { IncidentPast } from "#lib/failures/rules-past";
import { incidentDetailSchema } from "#lib/failures/schema-incidents";

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

/** Writes what the folding came to, and adds up the hours of the registry from what became more or less. */
export async function writeIncidentPlan(
  tx: Tx,
  registryId: number,
  repository: string,
  plan: IncidentPlan,
  now: Date,
): Promise<void> {
  if (plan.write.length + plan.remove.length === 0) return;
  const touched = [...plan.remove, ...plan.write.flatMap(({ id }) => id ?? [])];
  await addRegistryHours(tx, registryId, touched, -1);
  if (plan.remove.length > 0)
    await tx.$executeRaw`DELETE FROM incident WHERE id = ANY(${plan.remove}::bigint[])`;
  const kept = plan.write.flatMap(({ id }) => id ?? []);
  // A begin that moved must not meet the key of another one that moves too.
  if (kept.length > 0)
    await tx.$executeRaw`UPDATE incident SET fold_key = 'moving ' || id WHERE id = ANY(${kept}::bigint[])`;
  await tx.incidentHour.deleteMany({ where: { incidentId: { in: kept } } });
  const written: { id: bigint; hours: FoldedIncident["hours"] }[] = [];
  const added = new Map<string, IncidentPlan["write"][number]>();
  for (const one of plan.write) {
    const { id, incident } = one;
    if (id === null) added.set(incident.key, one);
    else {
      await tx.incident.update({ where: { id }, data: toRow(one, now), select: { id: true } });
      written.push({ id, hours: incident.hours });
    }
  }
  const rows = await tx.incident.createManyAndReturn({
    data: [...added.values()].map((one) => ({ ...toRow(one, now), registryId, repository, createdAt: now })),
    select: { id: true, foldKey: true },
  });
  for (const { id, foldKey } of rows) written.push({ id, hours: added.get(foldKey)?.incident.hours ?? [] });
  await tx.incidentHour.createMany({
    data: written.flatMap(({ id: incidentId, hours }) =>
      hours.map(({ hour, count }) => ({ incidentId, hour, count: BigInt(count) })),
    ),
  });
  await addRegistryHours(
    tx,
    registryId,
    written.map(({ id }) => id),
    1,
  );
}

function toRow({ incident, hash }: IncidentPlan["write"][number], now: Date) {
  return {
    reference: incident.reference,
    foldKey: incident.key,
    foldHash: hash,
    cause: incident.cause,
    family: incident.family,
    subjectKind: incident.subject.kind,
    subject: incident.subject.name,
    principal: incident.principal,
    cluster: incident.cluster,
    namespace: incident.namespace,
    workload: incident.workload,
    addresses: incident.addresses,
    agents: incident.agents,
    nodes: incident.nodes,
    sides: incident.sides.map((side) => ({
      ...side,
      firstAt: side.firstAt.toISOString(),
      lastAt: side.lastAt.toISOString(),
    })),
    count: BigInt(incident.count),
    firstAt: incident.firstAt,
    lastAt: incident.lastAt,
    recoveredAt: incident.recoveredAt,
    endedQuietly: incident.endedQuietly,
    updatedAt: now,
  };
}

async function addRegistryHours(
  tx: Tx,
  registryId: number,
  incidentIds: readonly bigint[],
  sign: 1 | -1,
): Promise<void> {
  if (incidentIds.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO failure_hour AS t (registry_id, hour, cause, count)
    SELECT ${registryId}, h.hour, i.cause, ${sign}::int * sum(h.count)
    FROM incident_hour h JOIN incident i ON i.id = h.incident_id
    WHERE h.incident_id = ANY(${[...incidentIds]}::bigint[]) GROUP BY h.hour, i.cause ORDER BY h.hour, i.cause
    ON CONFLICT (registry_id, hour, cause) DO UPDATE SET count = t.count + excluded.count`;
}
