import type { Tx } from "#lib/db/client";
import { listSignalGroupRows } from "#lib/events/store-signal-groups";
import type { SignalGroup } from "#lib/failures/rules-signal-group";

/** What was told of one repository from a time on, for the folding of its incidents. */
export function listSignalGroups(
  tx: Tx,
  registryId: number,
  repository: string,
  since: Date,
): Promise<SignalGroup[]> {
  return listSignalGroupRows(tx, registryId, repository, since);
}
