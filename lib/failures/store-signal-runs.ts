import type { Db, Tx } from "#lib/db/client";
import type { SignalGroup } from "#lib/failures/rules-signal-group";
import type { FailedClient } from "#lib/failures/rules-signal-runs";

/** From when on everything that was told of a repository is in its runs; null where nothing is. */
export async function findCover(tx: Tx, registryId: number, repository: string): Promise<Date | null> {
  // Locked, so that nobody takes it for no longer needed meanwhile.
  const rows = await tx.$queryRaw<{ fromAt: Date }[]>`
    SELECT from_at AS "fromAt" FROM signal_cover WHERE registry_id = ${registryId} AND repository = ${repository}
    FOR UPDATE`;
  return rows[0]?.fromAt ?? null;
}

export async function writeCover(
  tx: Tx,
  registryId: number,
  repository: string,
  { fromAt, keepUntil }: { fromAt: Date; keepUntil: Date },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO signal_cover AS c (registry_id, repository, from_at, keep_until)
    VALUES (${registryId}, ${repository}, ${fromAt}, ${keepUntil})
    ON CONFLICT (registry_id, repository) DO UPDATE SET from_at = least(c.from_at, excluded.from_at),
      keep_until = greatest(c.keep_until, excluded.keep_until)`;
}

export async function listRuns(
  tx: Tx,
  registryId: number,
  repository: string,
  since: Date,
): Promise<SignalGroup[]> {
  return tx.$queryRaw<SignalGroup[]>`
    SELECT side, action, cause, reference, actor, address, agent, cluster, namespace, workload, node, provisional, count,
      first_at AS "firstAt", last_at AS "lastAt"
    FROM signal_run WHERE registry_id = ${registryId} AND repository = ${repository} AND hour >= ${since}`;
}

export async function listRunHours(
  tx: Tx,
  registryId: number,
  repository: string,
  since: Date,
): Promise<number[]> {
  const rows = await tx.$queryRaw<{ hour: Date }[]>`
    SELECT DISTINCT hour FROM signal_run
    WHERE registry_id = ${registryId} AND repository = ${repository} AND hour >= ${since}`;
  return rows.map(({ hour }) => hour.getTime());
}

/** Whose pulls failed. */
export async function listFailedClients(
  tx: Tx,
  registryId: number,
  repository: string,
): Promise<FailedClient[]> {
  return tx.$queryRaw<FailedClient[]>`
    SELECT DISTINCT actor, address, workload, namespace FROM signal_run
    WHERE registry_id = ${registryId} AND repository = ${repository} AND cause IS NOT NULL`;
}

export async function replaceRuns(
  tx: Tx,
  registryId: number,
  repository: string,
  hours: readonly Date[],
  runs: readonly SignalGroup[],
): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM signal_run WHERE registry_id = ${registryId} AND repository = ${repository}
      AND hour = ANY(${[...hours]}::timestamptz[])`;
  if (runs.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO signal_run (registry_id, repository, hour, side, action, cause, reference, actor, address, agent, cluster,
      namespace, workload, node, provisional, count, first_at, last_at)
    SELECT ${registryId}, ${repository}, date_trunc('hour', x."firstAt", 'UTC'), x.side, x.action, x.cause, x.reference,
      x.actor, x.address, x.agent, x.cluster, x.namespace, x.workload, x.node, x.provisional, least(x.count, 2000000000),
      x."firstAt", x."lastAt"
    FROM json_to_recordset(${JSON.stringify(runs)}::json) AS x(side text, action text, cause text, reference text,
      actor text, address text, agent text, cluster text, namespace text, workload text, node text, provisional boolean,
      count bigint, "firstAt" timestamptz, "lastAt" timestamptz)`;
}

export async function deleteRunsBefore(db: Db, before: Date): Promise<void> {
  await db.$executeRaw`DELETE FROM signal_run WHERE hour < ${before}`;
}

export async function deleteOldCovers(db: Db, now: Date): Promise<void> {
  await db.$executeRaw`DELETE FROM signal_cover WHERE keep_until < ${now}`;
}

export async function forgetRunAddresses(db: Db, before: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE signal_run SET address = NULL WHERE hour < ${before} AND first_at < ${before} AND address IS NOT NULL`;
}
