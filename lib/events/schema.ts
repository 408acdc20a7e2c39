import { z } from "zod";
import { timeSchema } from "#lib/auth/schema";
import { registrySlugSchema } from "#lib/inventory/schema";

/** Sources that have a secret of their own; notifications of distribution carry the secret of their registry. */
export const ownSecretKinds = ["registry-logs", "kubernetes", "zot", "harbor"] as const;
export type OwnSecretKind = (typeof ownSecretKinds)[number];
export const sourceKinds = ["distribution", ...ownSecretKinds, "token-denials"] as const;
export type SourceKind = (typeof sourceKinds)[number];

const countSchema = z.number().int().nonnegative();

export const sourceSchema = z.strictObject({
  id: z.number().int(),
  registry: z.string(),
  kind: z.enum(sourceKinds),
  name: z.string(),
  cluster: z.string().nullable(),
  /** Where it is posted to; null for our own token endpoint. */
  url: z.string().nullable(),
  secretSet: z.boolean(),
  /**
   * heard: something came within the last three minutes; silent: it did before; never: nothing yet; quiet-or-silent:
   * nothing that we could ask for comes through it, so nobody can tell.
   */
  state: z.enum(["heard", "silent", "never", "quiet-or-silent", "ended"]),
  lastDeliveryAt: timeSchema.nullable(),
  /** The newest thing that it told of. */
  lastEventAt: timeSchema.nullable(),
  /** From what happened to its arrival, of the newest delivery, in milliseconds. */
  lagMs: z.number().int().nullable(),
  canaryAt: timeSchema.nullable(),
  accepted: countSchema,
  duplicate: countSchema,
  ignored: countSchema,
  unreadable: countSchema,
  conflicting: countSchema,
  lastProblem: z.strictObject({ at: timeSchema, text: z.string() }).nullable(),
  createdAt: timeSchema,
});
export type Source = z.infer<typeof sourceSchema>;

export const listSourcesQuery = z.strictObject({ registry: registrySlugSchema.optional() });
export const sourcesSchema = z.strictObject({ items: z.array(sourceSchema), nextCursor: z.null() });

const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !text.includes("\0") && text.isWellFormed(), "A name is text without broken characters.");
export const createSourceBody = z.strictObject({
  registry: registrySlugSchema,
  kind: z.enum(ownSecretKinds),
  name: nameSchema,
  /** Which cluster a kubernetes source tells of. */
  cluster: nameSchema.nullish(),
  /** Your own, of at least 32 characters; made when absent. */
  secret: z
    .string()
    .min(32)
    .max(500)
    .regex(/^[\x21-\x7e]+$/, "A secret has visible ASCII characters only.")
    .optional(),
});
export type CreateSourceBody = z.output<typeof createSourceBody>;

/** The secret is shown this once. */
export const createdSourceSchema = z.strictObject({ source: sourceSchema, secret: z.string() });
export const sourceParams = z.strictObject({ id: z.coerce.number().int().min(1).max(2_147_483_647) });

export const unreadableSchema = z.strictObject({
  items: z.array(z.strictObject({ receivedAt: timeSchema, sample: z.string() })),
  nextCursor: z.null(),
});

export const ingestResultSchema = z.strictObject({
  accepted: countSchema,
  duplicate: countSchema,
  ignored: countSchema,
  unreadable: countSchema,
});
export type IngestResult = z.infer<typeof ingestResultSchema>;
