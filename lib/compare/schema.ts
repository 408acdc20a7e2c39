import { z } from "zod";
import { manifestKindSchema, platformParamSchema, platformSchema } from "#lib/inventory/schema";

const timeSchema = z.iso.datetime();
const bytesSchema = z.number().int().nonnegative();
const fullReferenceSchema = z.string().min(1).max(800);

export const compareQuery = z.strictObject({
  /** `slug/repository:tag`, `slug/repository@digest`, or the same with `host[:port]` for the slug. */
  from: fullReferenceSchema,
  to: fullReferenceSchema,
  /** Platform to compare, os/architecture[/variant]; the first that both have when absent. */
  platform: platformParamSchema.optional(),
});
export type CompareQuery = z.infer<typeof compareQuery>;

export const comparedSideSchema = z.strictObject({
  registry: z.string(),
  repository: z.string(),
  reference: z.string(),
  digest: z.string(),
  /** Digest of the compared child when the reference is an index. */
  platformDigest: z.string(),
  kind: manifestKindSchema,
  sizeBytes: bytesSchema,
  platform: platformSchema.nullable(),
  platforms: z.array(platformSchema),
  createdAt: timeSchema.nullable(),
  pushedAt: timeSchema.nullable(),
});
export type ComparedSide = z.infer<typeof comparedSideSchema>;

export const comparedLayerSchema = z.strictObject({
  digest: z.string(),
  sizeBytes: bytesSchema,
  createdBy: z.string().nullable(),
});
export type ComparedLayer = z.infer<typeof comparedLayerSchema>;

export const comparedLayersSchema = z.strictObject({
  items: z.array(comparedLayerSchema),
  sizeBytes: bytesSchema,
});

/** One named value on both sides; null where it is absent. */
export const valueChangeSchema = z.strictObject({
  name: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  change: z.enum(["added", "removed", "changed"]),
});
export type ValueChange = z.infer<typeof valueChangeSchema>;

export const comparisonSchema = z.strictObject({
  from: comparedSideSchema,
  to: comparedSideSchema,
  /** Same digest on both sides. */
  identical: z.boolean(),
  layers: z.strictObject({
    shared: comparedLayersSchema,
    added: comparedLayersSchema,
    removed: comparedLayersSchema,
  }),
  sizeDeltaBytes: z.number().int(),
  /** Milliseconds from the build of `from` to that of `to`; negative when `to` is older. */
  ageDeltaMs: z.number().int().nullable(),
  platforms: z.strictObject({
    shared: z.array(platformSchema),
    added: z.array(platformSchema),
    removed: z.array(platformSchema),
  }),
  config: z.strictObject({
    env: z.array(valueChangeSchema),
    labels: z.array(valueChangeSchema),
    annotations: z.array(valueChangeSchema),
    ports: z.array(valueChangeSchema),
    /** entrypoint, cmd, user, workingDir, stopSignal. */
    settings: z.array(valueChangeSchema),
  }),
  /** What could not be compared, in sentences. */
  notes: z.array(z.string()),
});
export type Comparison = z.infer<typeof comparisonSchema>;
