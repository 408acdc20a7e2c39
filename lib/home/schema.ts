import { z } from "zod";
import { principalShownSchema } from "#lib/grants/schema";
import { registryStateSchema, repositorySummarySchema, tagMoveSources } from "#lib/inventory/schema";
import { syncSchema } from "#lib/inventory/schema-sync";

const timeSchema = z.iso.datetime();

export const needKinds = [
  "failing-pulls",
  "enforcement-suspended",
  "registry-failing",
  "sync-failed",
  "sync-incomplete",
  "never-synced",
  "stale",
  "no-notifications",
  "unreadable-notifications",
  "secret-expiring",
  "owner-disabled",
  "access-requests",
] as const;

/** Something that waits for a person, and the next step. */
export const needSchema = z.strictObject({
  kind: z.enum(needKinds),
  severity: z.enum(["danger", "warn", "hint"]),
  /** Null when it is about somebody or the console. */
  registry: z.string().nullable(),
  /** Whose secret or owner it is about. */
  principal: principalShownSchema.nullable(),
  /** What happened, in a sentence. */
  title: z.string(),
  /** Why, and what to do. */
  detail: z.string(),
  since: timeSchema.nullable(),
});
export type Need = z.infer<typeof needSchema>;

export const homeRegistrySchema = z.strictObject({
  ...registryStateSchema.omit({ pullsSince: true }).shape,
  repositoryCount: z.number().int().nonnegative(),
  tagCount: z.number().int().nonnegative(),
  sizeBytes: z.number().int().nonnegative(),
  sync: syncSchema,
});
export type HomeRegistry = z.infer<typeof homeRegistrySchema>;

export const recentMoveSchema = z.strictObject({
  registry: z.string(),
  repository: z.string(),
  tag: z.string(),
  /** Null: the tag was deleted. */
  digest: z.string().nullable(),
  previousDigest: z.string().nullable(),
  at: timeSchema,
  /** True when `at` is when it was seen, not when it happened. */
  atSeen: z.boolean(),
  actor: z.string().nullable(),
  source: z.enum(tagMoveSources),
});
export type RecentMove = z.infer<typeof recentMoveSchema>;

export const homeSchema = z.strictObject({
  needs: z.array(needSchema),
  registries: z.array(homeRegistrySchema),
  summary: repositorySummarySchema,
  recentMoves: z.array(recentMoveSchema),
});
export type Home = z.infer<typeof homeSchema>;
