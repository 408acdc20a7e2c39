import type { Tx } from "#lib/db/client";
import { insertRefolds, type ToldAbout } from "#lib/failures/store-refolds";

/**
 * Notes in the caller's transaction which repositories' incidents are to be folded again: those with a new failure,
 * and those of whose open incidents one may have recovered by a pull.
 */
export async function markForFold(
  tx: Tx,
  registryId: number,
  told: { failed: readonly ToldAbout[]; pulled: readonly ToldAbout[] },
): Promise<void> {
  if (told.failed.length + told.pulled.length > 0) await insertRefolds(tx, registryId, told);
}
