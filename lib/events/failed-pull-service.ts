import { db } from "#lib/db/client";
import { listFailedPullRows } from "#lib/events/store-failed-pulls";

/**
 * Failed pulls of repositories in a window, keyed by registry id and repository with a blank between them. One failure
 * is told by several sides: the side counts that told of most. What looks like a failure and may be none counts where
 * nothing better was told.
 */
export async function countFailedPulls(
  repositories: readonly { registryId: number; repository: string }[],
  since: Date,
  now: Date,
): Promise<Map<string, number>> {
  const rows = await listFailedPullRows(db(), repositories, since, now);
  const firm = new Map<string, number>();
  const weak = new Map<string, number>();
  for (const { registryId, repository, isWeak, count } of rows) {
    const into = isWeak ? weak : firm;
    const key = `${registryId} ${repository}`;
    into.set(key, Math.max(into.get(key) ?? 0, Math.floor(count)));
  }
  return new Map([...weak, ...firm]);
}
