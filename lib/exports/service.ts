import type { Context } from "#lib/auth/context";
import { formatCsvLine } from "#lib/exports/rules";
import type { ExportRepositoriesQuery } from "#lib/exports/schema";
import type { RepositoryItem } from "#lib/inventory/schema";
import { listRepositories } from "#lib/inventory/service-repositories";

const pageSize = 500;

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

/**
 * The whole list of a view, page by page as fast as the caller reads. The first page is read before anything is
 * sent, so that a refusal is an answer of its own.
 */
export async function exportRepositories(
  ctx: Context,
  { format, ...filters }: ExportRepositoriesQuery,
): Promise<ReadableStream<Uint8Array>> {
  const read = (cursor?: string) => listRepositories(ctx, { ...filters, cursor, limit: pageSize });
  const write = format === "csv" ? toCsv : toNdjson;
  const encoder = new TextEncoder();
  let page = await read();
  let begun = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (begun && page.nextCursor !== null) page = await read(page.nextCursor);
        const head = !begun && format === "csv" ? formatCsvLine(columns) : "";
        begun = true;
        controller.enqueue(encoder.encode(head + page.items.map(write).join("")));
        if (page.nextCursor === null) controller.close();
      },
    },
    { highWaterMark: 1 },
  );
}

function toCsv(item: RepositoryItem): string {
  return formatCsvLine(columns.map((column) => item[column]));
}

function toNdjson(item: RepositoryItem): string {
  return `${JSON.stringify(item)}\n`;
}
