import type { Tx } from "#lib/db/client";
import { findKeptFrom } from "#lib/events/store-retention";

/** Events from here on are all there, for whoever adds them up; null while none was dropped. */
export function getKeptFrom(tx: Tx): Promise<Date | null> {
  return findKeptFrom(tx);
}
