import type { Tx } from "#lib/db/client";
import { takeAccessLock } from "#lib/principals/store";

/** Serialises changes of who may do what, so that each decides on what is there. Taken before the first write. */
export async function lockAccess(tx: Tx): Promise<void> {
  await takeAccessLock(tx);
}
