import { z } from "zod";
import { repositoryNameSchema } from "#lib/inventory/schema";

const countSchema = z.number().int().nonnegative();

export const syncKinds = ["full", "sweep", "repository"] as const;
export const syncStates = [
  "never",
  "queued",
  "running",
  "stopping",
  "stopped",
  "succeeded",
  "failed",
] as const;
export const syncPhases = ["catalog", "repositories", "configs", "done"] as const;

export const startSyncBody = z.strictObject({
  /** full reads everything that is new; sweep asks each tag whether it moved; repository does one. */
  kind: z.enum(syncKinds).optional(),
  repository: repositoryNameSchema.optional(),
});
export type StartSyncBody = z.infer<typeof startSyncBody>;

export const syncSchema = z.strictObject({
  state: z.enum(syncStates),
  kind: z.enum(syncKinds).nullable(),
  repository: z.string().nullable(),
  progress: z.strictObject({
    phase: z.enum(syncPhases),
    repositoriesDone: countSchema,
    repositoriesTotal: countSchema,
    tagsDone: countSchema,
    manifestsDone: countSchema,
    requests: countSchema,
  }),
  requestedBy: z.string().nullable(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  /** Why it failed. */
  error: z.string().nullable(),
  /** Why the inventory may not be whole although the run ended well. */
  incomplete: z.string().nullable(),
});
export type Sync = z.infer<typeof syncSchema>;
