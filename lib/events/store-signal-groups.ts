import type { Tx } from "#lib/db/client";
import type { SignalGroup } from "#lib/failures/rules-signal-group";

/**
 * What was told of one repository from a time on, equal signals of a minute as one. Failures of pulls, and of what
 * went well only what came from somebody who also failed: the rest says nothing of failures.
 */
export async function listSignalGroupRows(
  tx: Tx,
  registryId: number,
  repository: string,
  since: Date,
): Promise<SignalGroup[]> {
  return tx.$queryRaw<SignalGroup[]>`
    WITH told AS MATERIALIZED (
      SELECT side, action, cause, coalesce(tag, digest) AS reference, actor, address, agent, cluster, namespace,
        workload, node, provisional, count, at, last_at
      FROM registry_event
      WHERE registry_id = ${registryId} AND repository = ${repository} AND at >= ${since}
        AND (action = 'pull' OR (action = 'push' AND cause IS NULL))
    ), failed AS (
      SELECT DISTINCT actor, address, workload, namespace FROM told WHERE cause IS NOT NULL
    )
    SELECT side, action, cause, reference, actor, address, agent, cluster, namespace, workload, node, provisional,
      least(sum(count), 2000000000)::int AS count, min(at) AS "firstAt", max(last_at) AS "lastAt"
    FROM told t
    WHERE cause IS NOT NULL OR EXISTS (SELECT FROM failed f WHERE f.actor = t.actor OR f.address = t.address
      OR (f.workload = t.workload AND f.namespace IS NOT DISTINCT FROM t.namespace))
    GROUP BY date_trunc('minute', at), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12`;
}
