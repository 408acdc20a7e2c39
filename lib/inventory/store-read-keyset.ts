import { Prisma } from "#lib/db/generated/client";
import { formatCursor, malformedCursor, parseCursor } from "#lib/http/cursor";
import { parseSort } from "#lib/http/page-schema";

export type KeyType = "text" | "integer" | "bigint" | "time";

/** A sort that an index serves: the expression as the index has it, and its type. */
export interface SortKey {
  expression: Prisma.Sql;
  type: KeyType;
}

export interface Keyset {
  /** Condition that continues after the cursor; TRUE on the first page. */
  after: Prisma.Sql;
  /** Expressions of ORDER BY, without the words. */
  order: Prisma.Sql;
  /** The sort expression as text, for the cursor of the next page; select it as sort_key. */
  key: Prisma.Sql;
  /** The sort's name, for formatting the next cursor. */
  sort: string;
}

/** A keyset over (sort key, id): every row comes exactly once, whatever is equal or unknown. */
export function createKeyset<F extends string>(
  sort: string,
  keys: Record<F, SortKey>,
  id: Prisma.Sql,
  cursorText: string | undefined,
): Keyset {
  const { field, descending } = parseSort(sort);
  const key = keys[field as F];
  const cursor = parseCursor(cursorText, sort);
  const direction = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const compare = descending ? Prisma.sql`<` : Prisma.sql`>`;
  const after = cursor
    ? Prisma.sql`(${key.expression}, ${id}) ${compare} (${castKey(cursor.value, key.type)}, ${castKey(cursor.id, "bigint")})`
    : Prisma.sql`TRUE`;
  return {
    after,
    order: Prisma.sql`${key.expression} ${direction}, ${id} ${direction}`,
    key: textKey(key),
    sort,
  };
}

/** Cuts the extra row off and makes the cursor of the next page from the last row kept. */
export function cutPage<T extends { id: bigint; sort_key: string }>(
  rows: T[],
  limit: number,
  sort: string,
): { rows: T[]; nextCursor: string | null } {
  if (rows.length <= limit) return { rows, nextCursor: null };
  const kept = rows.slice(0, limit);
  const last = kept[kept.length - 1];
  const nextCursor = last ? formatCursor({ sort, value: last.sort_key, id: String(last.id) }) : null;
  return { rows: kept, nextCursor };
}

/** The same text for the same instant whatever the session's time zone; milliseconds are all that is stored. */
function textKey(key: SortKey): Prisma.Sql {
  if (key.type !== "time") return Prisma.sql`(${key.expression})::text`;
  return Prisma.sql`CASE WHEN isfinite(${key.expression})
    THEN to_char(${key.expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') ELSE '-infinity' END`;
}

const shapes: Record<KeyType, RegExp> = {
  text: /^[^\0]{0,600}$/,
  integer: /^\d{1,9}$/,
  bigint: /^\d{1,18}$/,
  time: /^(?:-infinity|(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/,
};

function castKey(value: string | number | null, type: KeyType): Prisma.Sql {
  const text = String(value);
  if (value === null || !shapes[type].test(text) || (type === "time" && !isTime(text)))
    throw malformedCursor();
  if (type === "text") return Prisma.sql`${text}`;
  if (type === "integer") return Prisma.sql`${text}::int`;
  if (type === "bigint") return Prisma.sql`${text}::bigint`;
  return Prisma.sql`${text}::timestamptz`;
}

/** As we write it, which the 30th of February is not. */
function isTime(text: string): boolean {
  if (text === "-infinity") return true;
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString() === text;
}

/** The text as a LIKE pattern that finds it anywhere, as it is written. */
export function containsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
