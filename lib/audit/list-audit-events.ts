import { listEntries, searchPatienceMs } from "#lib/audit/list-entries";
import type { Place } from "#lib/audit/rules-entries";
import type { AuditEvent, AuditKinds, ListAuditEventsQuery } from "#lib/audit/schema";
import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope } from "#lib/auth/rules";
import { formatCursor, parseCursor } from "#lib/http/cursor";
import { HttpError } from "#lib/http/errors";
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
  const at = new Date(typeof cursor.value === "string" ? cursor.value : Number.NaN);
  const [, kind, id] = /^(?:(change|event) )?(\d{1,18})$/.exec(cursor.id) ?? [];
  if (Number.isNaN(at.getTime()) || id === undefined || (kind === undefined) !== (of === "changes")) {
    const message = "The cursor is malformed. Use nextCursor of the page before.";
    throw new HttpError(400, "invalid", message, [{ field: "cursor", message }]);
  }
  return { at, kind: kind === "event" ? "event" : "change", id: BigInt(id) };
}
