import { db } from "#lib/db/client";
import { type HeardRow, listHeardRows, sumPulls } from "#lib/events/store-heard";

/** How much of each hour the log sources were heard; hours before there was one are absent. */
export function listHeard(
  registryIds: readonly number[],
  window: { from: Date; to: Date },
): Promise<HeardRow[]> {
  return listHeardRows(db(), registryIds, window);
}

/** Pulls that went well in a window; null where a registry tells of none. */
export function countPulls(
  registry: string | null,
  window: { from: Date; to: Date },
): Promise<number | null> {
  return sumPulls(db(), registry, window);
}
