import { z } from "zod";
import { HttpError } from "#lib/http/errors";

/** No text of Postgres holds NUL, so no cursor of ours does. */
const textSchema = z
  .string()
  .max(600)
  .refine((text) => !text.includes("\0"));

const cursorSchema = z.strictObject({
  /** The sort that the cursor belongs to. */
  s: z.string().max(40),
  /** Value of the sort column in the last row. */
  v: z.union([textSchema, z.number(), z.null()]),
  /** Its id, which breaks ties. */
  i: textSchema,
});

export interface Cursor {
  sort: string;
  value: string | number | null;
  id: string;
}

export function formatCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify({ s: cursor.sort, v: cursor.value, i: cursor.id })).toString("base64url");
}

/** Throws 400 naming the field when the text is no cursor, or one of another sort. */
export function parseCursor(text: string | undefined, sort: string): Cursor | null {
  if (text === undefined) return null;
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    throw malformedCursor();
  }
  const parsed = cursorSchema.safeParse(raw);
  if (!parsed.success) throw malformedCursor();
  if (parsed.data.s !== sort) throw refuse("The cursor belongs to another sort. Start from the first page.");
  return { sort, value: parsed.data.v, id: parsed.data.i };
}

/** A time that a cursor holds. Throws 400 for what is none, and for years in which databases and calendars differ. */
export function readCursorTime({ value }: Cursor): Date {
  const at = new Date(typeof value === "string" ? value : Number.NaN);
  const year = at.getUTCFullYear();
  if (!(year >= 1970 && year <= 2999)) throw malformedCursor();
  return at;
}

/** A number that a cursor holds as its id. Throws 400 for anything else. */
export function readCursorId({ id }: Cursor): bigint {
  if (!/^\d{1,18}$/.test(id)) throw malformedCursor();
  return BigInt(id);
}

export function malformedCursor(): HttpError {
  return refuse("The cursor is malformed. Use nextCursor of the page before.");
}

function refuse(message: string): HttpError {
  return new HttpError(400, "invalid", message, [{ field: "cursor", message }]);
}
