import type { Context } from "#lib/auth/context";
import type { ExportRepositoriesQuery } from "#lib/exports/schema";
import { streamExport } from "#lib/exports/stream-export";
import type { RepositoryItem } from "#lib/inventory/schema";
import { listRepositories } from "#lib/inventory/service-repositories";

const columns = [
  "registry",
  "name",
  "tagCount",
  "manifestCount",
  "sizeBytes",
  "uniqueBytes",
  "kind",
  "lastPushedAt",
  "lastPulledAt",
  "firstSeenAt",
  "missingSince",
  "disconnectedAt",
  "protected",
] as const satisfies readonly Exclude<keyof RepositoryItem, "dailyPulls">[];

/** The whole list of a view. */
export async function exportRepositories(
  ctx: Context,
  { format, ...filters }: ExportRepositoriesQuery,
): Promise<ReadableStream<Uint8Array>> {
  return streamExport<RepositoryItem, string>({
    format,
    columns,
    mostRows: 500,
    async readPage(position, limit) {
      const page = await listRepositories(ctx, { ...filters, cursor: position ?? undefined, limit });
      return { items: page.items, next: page.nextCursor };
    },
  });
}
