import { db } from "#lib/db/client";
import type { SourceSigns } from "#lib/events/rules-source-state";
import { listWatchedSourceRows } from "#lib/events/store-sources";

/** What is known of each source of a registry, or of all, that should be heard. */
export function listWatchedSources(
  registryId: number | null,
): Promise<(SourceSigns & { id: number; registry: string; name: string })[]> {
  return listWatchedSourceRows(db(), registryId);
}
