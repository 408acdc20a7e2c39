import { z } from "zod";
import { labelSchema, placeFields, roleSchema, timeSchema, uuidSchema } from "#lib/auth/schema";
import { pageOf, pageQuery, sortQuery } from "#lib/http/page-schema";
import { loginSchema } from "#lib/people/schema";

export const apiKeySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** The first characters of the secret, to tell keys apart. */
  prefix: z.string(),
  role: z.string(),
  registry: z.string().nullable(),
  pattern: z.string().nullable(),
  /** Login of its owner; a key whose owner is disabled is dead. */
  owner: z.string().nullable(),
  /** console, or environment for the key of WHARFINGER_API_KEY. */
  source: z.string(),
  state: z.enum(["live", "expired", "revoked", "owner-disabled"]),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
  lastUsedAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

export const apiKeyPageSchema = pageOf(apiKeySchema);

export const listApiKeysQuery = z.strictObject({
  ...pageQuery,
  owner: loginSchema.optional(),
  /** Revoked keys too. */
  all: z.enum(["true", "false"]).default("false"),
  sort: sortQuery(["createdAt", "name"]).default("-createdAt"),
});
export type ListApiKeysQuery = z.output<typeof listApiKeysQuery>;

export const createApiKeyBody = z.strictObject({
  name: labelSchema,
  role: roleSchema,
  ...placeFields,
  /** Login of the owner; whoever creates it when absent. */
  owner: loginSchema.optional(),
  expiresAt: timeSchema.nullable().default(null),
});
export type CreateApiKeyBody = z.output<typeof createApiKeyBody>;

export const createdApiKeySchema = z.strictObject({
  key: apiKeySchema,
  /** Shown this once. */
  secret: z.string(),
});

export const apiKeyParams = z.strictObject({ id: uuidSchema });
