import { z } from "zod";
import { askedTimeSchema, timeSchema } from "#lib/auth/schema";
import { registrySlugSchema, repositoryNameSchema } from "#lib/inventory/schema";

export const activityActions = ["push", "pull", "delete"] as const;
export type ActivityAction = (typeof activityActions)[number];
export const activitySteps = ["day", "week", "total"] as const;
export const activityKeys = ["none", "action", "registry", "repository", "team", "principal"] as const;

const countSchema = z.number().int().nonnegative();
const daySchema = z.iso.date();

/** What every list and chart of activity can be narrowed by. */
export const activityFilters = {
  registry: registrySlugSchema.optional(),
  repository: repositoryNameSchema.optional(),
  /** Slug of a team: the repositories of its patterns. */
  team: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "A team is named by its slug.")
    .optional(),
  /** Who did it, as the registry names them. */
  principal: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .refine((text) => !text.includes("\0"), "A filter holds no NUL character.")
    .optional(),
};

const maxDays = 400;
const window = { from: askedTimeSchema, to: askedTimeSchema };

/** Whole days in UTC: the first one is that of `from`, the last one is that of the moment before `to`. */
function checkWindow<Q extends { from: string; to: string }>(
  query: Q,
  issue: z.core.$RefinementCtx<Q>,
): void {
  const length = Date.parse(query.to) - Date.parse(query.from);
  if (length <= 0)
    issue.addIssue({ code: "custom", path: ["to"], message: "The window ends before it begins." });
  if (length > maxDays * 86_400_000)
    issue.addIssue({ code: "custom", path: ["from"], message: `A window is ${maxDays} days long at most.` });
}

export const activitySeriesQuery = z
  .strictObject({
    ...activityFilters,
    ...window,
    /** A total has one step, which is the whole window. */
    step: z.enum(activitySteps).default("day"),
    by: z.enum(activityKeys).default("none"),
    /** Without it pushes, pulls and deletions are counted together. */
    action: z.enum(activityActions).optional(),
    /** So many of the largest series; the rest is added up as one. */
    top: z.coerce.number().int().min(1).max(50).default(12),
  })
  .superRefine(checkWindow);
export type ActivitySeriesQuery = z.output<typeof activitySeriesQuery>;

export const activitySeriesSchema = z.strictObject({
  from: timeSchema,
  to: timeSchema,
  step: z.enum(activitySteps),
  by: z.enum(activityKeys),
  /** The begin of each step, in UTC; every series has one count for each. */
  at: z.array(timeSchema),
  /**
   * The largest first; key null is all that is not among them, an empty key what nobody is named for. By team, a
   * repository of several teams counts for each of them.
   */
  series: z.array(
    z.strictObject({ key: z.string().nullable(), total: countSchema, counts: z.array(countSchema) }),
  ),
  /** Each push, pull or deletion once. */
  total: countSchema,
  /** The same in the window of the same length before. */
  totalBefore: countSchema,
  /**
   * For how much of each step it is known how often was pulled, from 0 to 1; null before any registry told of pulls.
   * A day on which a registry told nothing is unknown, not zero.
   */
  heard: z.array(z.number().min(0).max(1).nullable()),
  /** Registries that never told of pulls. */
  silentRegistries: z.array(z.string()),
});
export type ActivitySeries = z.infer<typeof activitySeriesSchema>;

export const publishingQuery = z.strictObject({ ...activityFilters, ...window }).superRefine(checkWindow);
export type PublishingQuery = z.output<typeof publishingQuery>;

export const publishingSchema = z.strictObject({
  from: timeSchema,
  to: timeSchema,
  /** Whether anything is protected at all. */
  hasProtected: z.boolean(),
  /** The largest first. */
  items: z.array(
    z.strictObject({
      registry: z.string(),
      repository: z.string(),
      /** Empty where the registry named nobody. */
      principal: z.string(),
      pushes: countSchema,
      firstDay: daySchema,
      lastDay: daySchema,
      /** Whether they had pushed there in the 90 days before; null where that time is not wholly known. */
      pushedBefore: z.boolean().nullable(),
    }),
  ),
  /** There are more than these. */
  more: z.boolean(),
});
export type Publishing = z.infer<typeof publishingSchema>;

export const activityRepositoriesQuery = z
  .strictObject({
    ...activityFilters,
    ...window,
    sort: z.enum(["-pulls", "-pushes"]).default("-pulls"),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  })
  .superRefine(checkWindow);
export type ActivityRepositoriesQuery = z.output<typeof activityRepositoriesQuery>;

export const activityRepositoriesSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      registry: z.string(),
      repository: z.string(),
      pushes: countSchema,
      pulls: countSchema,
      deletes: countSchema,
      /** The first push that somebody saw; null where it was there before. */
      firstPushedAt: timeSchema.nullable(),
      lastPushedAt: timeSchema.nullable(),
      lastPulledAt: timeSchema.nullable(),
      /** Since when its registry tells of pulls; null: it never did, so nothing is known of them. */
      pullsSince: timeSchema.nullable(),
    }),
  ),
  more: z.boolean(),
});
export type ActivityRepositories = z.infer<typeof activityRepositoriesSchema>;
