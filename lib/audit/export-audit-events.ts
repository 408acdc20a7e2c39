import { showEvent } from "#lib/audit/list-audit-events";
import type { AuditEvent, ExportAuditEventsQuery } from "#lib/audit/schema";
import { recordAudit } from "#lib/audit/service";
import { type AuditPosition, listAuditRows } from "#lib/audit/store";
import { findChainHead } from "#lib/audit/store-chain";
import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { streamExport } from "#lib/exports/stream-export";
import { parseSort } from "#lib/http/page-schema";

const columns = [
  "id",
  "at",
  "actorKind",
  "actor",
  "address",
  "agent",
  "action",
  "target",
  "registry",
  "repository",
  "outcome",
  "requestId",
  "before",
  "after",
] as const satisfies readonly (keyof AuditEvent)[];

/**
 * The filtered rows as they were when the export began: those up to the last link of the chain at that moment. Links
 * are made in the order of the commits, so no row is skipped or comes too late, and no transaction stays open while
 * somebody reads. The export is a row itself, and does not happen where that cannot be written.
 */
export async function exportAuditEvents(
  ctx: Context,
  { format, sort, ...filter }: ExportAuditEventsQuery,
): Promise<ReadableStream<Uint8Array>> {
  authorizeSomewhere(ctx, "audit.read");
  const through = await db().$transaction(async (tx) => {
    const last = (await findChainHead(tx))?.seq ?? 0n;
    await recordAudit(tx, ctx, {
      action: "audit.export",
      target: "audit",
      after: { format, sort, filter: describeFilter(filter), through: String(last) },
    });
    return last;
  });
  const scope = evaluateScope(ctx.principal, "audit.read");
  const { descending } = parseSort(sort);
  return streamExport<AuditEvent, AuditPosition>({
    format,
    columns,
    mostRows: 2_000,
    async readPage(after, take) {
      const rows = await listAuditRows(filter, scope, { descending, after, take, through });
      const last = rows.at(-1);
      return {
        items: rows.map(showEvent),
        next: last && rows.length === take ? { at: last.at, id: last.id } : null,
      };
    },
  });
}

function describeFilter(filter: Record<string, string | Date | undefined>): Record<string, string> {
  const given = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
  return Object.fromEntries(
    given.map(({ name, value }) => [name, value instanceof Date ? value.toISOString() : value]),
  );
}
