import { randomBytes } from "node:crypto";
import { db } from "#lib/db/client";
import { ensureRequestMark } from "#lib/registries/store";

let known: { database: string | undefined; mark: string } | null = null;

/** What stands in the user agent of our own requests: the same in every process on one database. */
export async function getRequestMark(): Promise<string> {
  const database = process.env.DATABASE_URL;
  if (known !== null && known.database === database) return known.mark;
  const mark = await ensureRequestMark(db(), randomBytes(9).toString("base64url"));
  known = { database, mark };
  return mark;
}

export function formatUserAgent(mark: string): string {
  return `Wharfinger (console; mark ${mark})`;
}
