import { db } from "#lib/db/client";
import { listFailedPullRows } from "#lib/events/store-failed-pulls";
import { countTold } from "#lib/failures/count-told";

/** Failed pulls of repositories in a window, keyed by registry id and repository with a blank between them. */
export async function countFailedPulls(
  repositories: readonly { registryId: number; repository: string }[],
  since: Date,
  now: Date,
): Promise<Map<string, number>> {
  const rows = await listFailedPullRows(db(), repositories, since, now);
  const told = Map.groupBy(rows, ({ registryId, repository }) => `${registryId} ${repository}`);
  return new Map([...told].map(([key, counts]) => [key, Math.floor(countTold(counts))]));
}
