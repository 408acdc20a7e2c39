import { createHash } from "node:crypto";

/** What is hashed of an audit row, in its order; as Postgres writes it as text. */
export const hashedColumns = [
  "id",
  "at",
  "actor_kind",
  "actor_id",
  "actor",
  "address",
  "agent",
  "action",
  "target",
  "registry_id",
  "repository",
  "outcome",
  "request_id",
  "before",
  "after",
] as const;

export type HashedRow = Record<(typeof hashedColumns)[number], string | null>;

/** The hash before the first link. */
export const chainStart = Buffer.alloc(32);

/** The hash of a link, from the one before it: the same as link_audit_row in the database makes. */
export function hashLink(previous: Uint8Array, row: HashedRow): Buffer {
  const text = hashedColumns.map((column) => formatField(row[column])).join("");
  return createHash("sha256").update(previous).update(text).digest();
}

function formatField(value: string | null): string {
  return value === null ? "-" : `${Buffer.byteLength(value)}:${value}`;
}
