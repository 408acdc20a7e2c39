import { formatCursor, malformedCursor, parseCursor, readCursorTime } from "#lib/http/cursor";
import { type Page, parseSort } from "#lib/http/page-schema";

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Keyset paging for tables whose id is a UUID: what a store puts into where and orderBy. */
export interface UuidKeyset {
  sort: string;
  field: string;
  where: object;
  orderBy: object[];
}

/** The kind of each sortable field decides how the cursor's value is read. */
export function createUuidKeyset<F extends string>(
  sort: string,
  fields: Record<F, "text" | "time">,
  cursorText: string | undefined,
): UuidKeyset {
  const { field, descending } = parseSort(sort);
  const kind = fields[field as F];
  const direction = descending ? "desc" : "asc";
  const orderBy = [{ [field]: direction }, { id: direction }];
  const cursor = parseCursor(cursorText, sort);
  if (!cursor) return { sort, field, where: {}, orderBy };
  const value = kind === "time" ? readCursorTime(cursor) : cursor.value;
  if (!uuid.test(cursor.id) || typeof value === "number" || value === null) throw malformedCursor();
  const beyond = descending ? "lt" : "gt";
  const where = {
    OR: [{ [field]: { [beyond]: value } }, { [field]: value, id: { [beyond]: cursor.id } }],
  };
  return { sort, field, where, orderBy };
}

/** Cuts the row too many off and says where the next page begins. */
export function cutUuidPage<R extends { id: string }>(
  rows: readonly R[],
  limit: number,
  keyset: UuidKeyset,
): Page<R> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || !last) return { items, nextCursor: null };
  const value: unknown = (last as Record<string, unknown>)[keyset.field];
  const text = value instanceof Date ? value.toISOString() : String(value);
  return { items, nextCursor: formatCursor({ sort: keyset.sort, value: text, id: last.id }) };
}
