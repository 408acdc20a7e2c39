import { z } from "zod";
import { HttpError } from "#lib/http/errors";

const cursorSchema = z.strictObject({
  /** The sort that the cursor belongs to. */
  s: z.string().max(40),
  /** Value of the sort column in the last row. */
  v: z.union([z.string().max(600), z.number(), z.null()]),
  /** Its id, which breaks ties. */
  i: z.string().max(600),
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
  const refuse = (message: string) => new HttpError(400, "invalid", message, [{ field: "cursor", message }]);
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    throw refuse("The cursor is malformed. Use nextCursor of the page before.");
  }
  const parsed = cursorSchema.safeParse(raw);
  if (!parsed.success) throw refuse("The cursor is malformed. Use nextCursor of the page before.");
  if (parsed.data.s !== sort) throw refuse("The cursor belongs to another sort. Start from the first page.");
  return { sort, value: parsed.data.v, id: parsed.data.i };
}
