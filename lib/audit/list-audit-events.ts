import type { AuditEvent, ListAuditEventsQuery } from "#lib/audit/schema";
import { auditEventSchema } from "#lib/audit/schema";
import { type AuditRow, listAuditRows } from "#lib/audit/store";
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
  { cursor, limit, sort, ...filter }: ListAuditEventsQuery,
): Promise<Page<AuditEvent>> {
  authorizeSomewhere(ctx, "audit.read");
  const rows = await listAuditRows(filter, evaluateScope(ctx.principal, "audit.read"), {
    descending: parseSort(sort).descending,
    after: readPosition(cursor, sort),
    take: limit + 1,
  });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last;
  return {
    items: items.map(showEvent),
    nextCursor: more ? formatCursor({ sort, value: last.at.toISOString(), id: String(last.id) }) : null,
  };
}

function readPosition(text: string | undefined, sort: string): { at: Date; id: bigint } | null {
  const cursor = parseCursor(text, sort);
  if (!cursor) return null;
  const at = new Date(typeof cursor.value === "string" ? cursor.value : Number.NaN);
  if (Number.isNaN(at.getTime()) || !/^\d{1,18}$/.test(cursor.id)) {
    const message = "The cursor is malformed. Use nextCursor of the page before.";
    throw new HttpError(400, "invalid", message, [{ field: "cursor", message }]);
  }
  return { at, id: BigInt(cursor.id) };
}

/** A row as it is told. */
export function showEvent(row: AuditRow): AuditEvent {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    actorKind: row.actor_kind,
    actor: row.actor,
    address: row.address,
    agent: row.agent,
    action: row.action,
    target: row.target,
    registry: row.registry,
    repository: row.repository,
    outcome: auditEventSchema.shape.outcome.parse(row.outcome),
    requestId: row.request_id,
    before: (row.before ?? null) as AuditEvent["before"],
    after: (row.after ?? null) as AuditEvent["after"],
  };
}
