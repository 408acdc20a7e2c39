import type { Tx } from "#lib/db/client";
import { findKeptFrom } from "#lib/events/store-retention";

/** Events from here on are all there, for whoever adds them up; null before any were looked for that are too old. */
export function getKeptFrom(tx: Tx): Promise<Date | null> {
  return findKeptFrom(tx);
}
