import type { Tx } from "#lib/db/client";
import { listSignalGroupRows, type SignalGroupRow } from "#lib/events/store-signal-groups";

/** What was told of one repository from a time on, for the folding of its incidents. */
export function listSignalGroups(
  tx: Tx,
  registryId: number,
  repository: string,
  since: Date,
): Promise<SignalGroupRow[]> {
  return listSignalGroupRows(tx, registryId, repository, since);
}
