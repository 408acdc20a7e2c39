import { listEntries, searchPatienceMs } from "#lib/audit/list-entries";
import type { Place } from "#lib/audit/rules-entries";
import type { AuditEvent, ExportAuditEventsQuery } from "#lib/audit/schema";
import { recordAudit } from "#lib/audit/service";
import { findChainHead } from "#lib/audit/store-chain";
import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { getLastEventId } from "#lib/events/list-events-service";
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
  "kind",
] as const satisfies readonly (keyof AuditEvent)[];

/**
 * The filtered rows as they were when the export began: changes up to the last link of the chain at that moment, and
 * events up to the last id. Links are made in the order of the commits, so no change is skipped or comes too late, and
 * no transaction stays open while somebody reads. The export is a row itself, and does not happen where that cannot be
 * written.
 */
export async function exportAuditEvents(
  ctx: Context,
  { format, sort, of, ...filter }: ExportAuditEventsQuery,
): Promise<ReadableStream<Uint8Array>> {
  authorizeSomewhere(ctx, "audit.read");
  const through = await db().$transaction(async (tx) => {
    const link = (await findChainHead(tx))?.seq ?? 0n;
    const event = of === "changes" ? 0n : await getLastEventId(tx);
    await recordAudit(tx, ctx, {
      action: "audit.export",
      target: "audit",
      after: {
        format,
        sort,
        of,
        filter: describeFilter(filter),
        through: String(link),
        throughEvent: of === "changes" ? null : String(event),
      },
    });
    return { link, event };
  });
  const scope = evaluateScope(ctx.principal, "audit.read");
  const { descending } = parseSort(sort);
  return streamExport<AuditEvent, Place>({
    format,
    columns,
    mostRows: 500,
    readPage: (after, take) =>
      listEntries(filter, scope, {
        of,
        descending,
        after,
        take,
        through,
        now: ctx.now,
        patienceMs: searchPatienceMs,
      }),
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
