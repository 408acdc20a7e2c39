import { listEntries, searchPatienceMs } from "#lib/audit/list-entries";
import type { Place } from "#lib/audit/rules-entries";
import type { AuditEvent, AuditKinds, ListAuditEventsQuery } from "#lib/audit/schema";
import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope } from "#lib/auth/rules";
import { formatCursor, malformedCursor, parseCursor, readCursorTime } from "#lib/http/cursor";
import { type Page, parseSort } from "#lib/http/page-schema";

/**
 * Who did what. Rows about a registry or repository are shown where audit.read is held; rows about neither only to
 * who holds it everywhere.
 */
export async function listAuditEvents(
  ctx: Context,
  { cursor, limit, sort, of, ...filter }: ListAuditEventsQuery,
): Promise<Page<AuditEvent>> {
  authorizeSomewhere(ctx, "audit.read");
  const order = of === "changes" ? sort : `${of} ${sort}`;
  const { items, next } = await listEntries(filter, evaluateScope(ctx.principal, "audit.read"), {
    of,
    descending: parseSort(sort).descending,
    after: readPlace(cursor, order, of),
    take: limit,
    now: ctx.now,
    patienceMs: searchPatienceMs,
  });
  return { items, nextCursor: next && formatPlace(next, order, of) };
}

function formatPlace({ at, kind, id }: Place, order: string, of: AuditKinds): string {
  return formatCursor({
    sort: order,
    value: at.toISOString(),
    id: of === "changes" ? String(id) : `${kind} ${id}`,
  });
}

function readPlace(text: string | undefined, order: string, of: AuditKinds): Place | null {
  const cursor = parseCursor(text, order);
  if (!cursor) return null;
  const [, kind, id] = /^(?:(change|event) )?(\d{1,18})$/.exec(cursor.id) ?? [];
  if (id === undefined || (kind === undefined) !== (of === "changes")) throw malformedCursor();
  return { at: readCursorTime(cursor), kind: kind === "event" ? "event" : "change", id: BigInt(id) };
}
