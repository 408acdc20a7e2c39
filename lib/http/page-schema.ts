import { z } from "zod";

/** Query fields that every list takes. */
export const pageQuery = {
  cursor: z.string().min(1).max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
};

/** `{ items, nextCursor }` of one item schema. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** `field` ascending or `-field` descending, out of a closed list. */
export function sortQuery<const F extends readonly [string, ...string[]]>(fields: F) {
  const values = fields.flatMap((field) => [field, `-${field}`]) as [string, ...string[]];
  return z.enum(values);
}

export function parseSort(sort: string): { field: string; descending: boolean } {
  return sort.startsWith("-")
    ? { field: sort.slice(1), descending: true }
    : { field: sort, descending: false };
}
