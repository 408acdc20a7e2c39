import type { Tx } from "#lib/db/client";
import { takeAccessLock } from "#lib/principals/store";

/**
 * Serialises changes of who may do what, so that each decides on what is there. Taken before any row is locked: whoever
 * holds a registry's row and waits for the access version must not meet somebody who holds the version and waits for it.
 */
export async function lockAccess(tx: Tx): Promise<void> {
  await takeAccessLock(tx);
}
