import { z } from "zod";
import { pageOf, pageQuery } from "#lib/http/page-schema";
import { digestSchema } from "#lib/inventory/schema";

export const searchQuery = z.strictObject({
  q: z
    .string()
    .max(800)
    .refine((text) => !text.includes("\0"), "A search holds no NUL character."),
  /** Results at most. */
  limit: z.coerce.number().int().min(1).max(50).default(20),
});
export type SearchQuery = z.infer<typeof searchQuery>;

/** registry, repository, tag or digest; `href` is the page of it. */
export const searchHitSchema = z.strictObject({
  type: z.enum(["registry", "repository", "tag", "digest"]),
  registry: z.string(),
  repository: z.string().nullable(),
  tag: z.string().nullable(),
  digest: z.string().nullable(),
  /** What to show: the name or reference. */
  label: z.string(),
  href: z.string(),
});
export type SearchHit = z.infer<typeof searchHitSchema>;

export const searchResultSchema = z.strictObject({
  items: z.array(searchHitSchema),
  /** How the text was read. */
  readAs: z.enum(["empty", "text", "reference", "digest"]),
  /** True when there may be more than the limit. */
  more: z.boolean(),
});
export type SearchResult = z.infer<typeof searchResultSchema>;

export const findDigestQuery = z.strictObject({ digest: digestSchema, ...pageQuery });
export type FindDigestQuery = z.infer<typeof findDigestQuery>;

export const digestPlaceSchema = z.strictObject({
  registry: z.string(),
  repository: z.string(),
  /** Tags on it there, at most 20. */
  tags: z.array(z.string()),
  tagCount: z.number().int().nonnegative(),
  /** manifest: held as itself or as a child; blob: a layer or config of something there. */
  as: z.enum(["manifest", "blob"]),
  href: z.string(),
});
export type DigestPlace = z.infer<typeof digestPlaceSchema>;
export const digestPlacePageSchema = pageOf(digestPlaceSchema);
