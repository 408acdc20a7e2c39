import type { Context } from "#lib/auth/context";
import type { ExportFormat } from "#lib/exports/schema";

const contentTypes = { csv: "text/csv; charset=utf-8; header=present", ndjson: "application/x-ndjson" };

/** What an export may answer, for the route table. */
export const exportMediaTypes = ["text/csv", "application/x-ndjson"] as const;

/** An export as a file to be kept, never a page to be opened. */
export function exportResponse(
  ctx: Context,
  file: { name: string; format: ExportFormat; content: ReadableStream<Uint8Array> },
): Response {
  return new Response(file.content, {
    headers: {
      "content-type": contentTypes[file.format],
      "content-disposition": `attachment; filename="${file.name}.${file.format}"`,
      "cache-control": "private, no-store",
      "x-request-id": ctx.requestId,
    },
  });
}
