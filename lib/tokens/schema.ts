import { z } from "zod";
import { timeSchema, uuidSchema } from "#lib/auth/schema";
import { pageOf, pageQuery } from "#lib/http/page-schema";
import { filterTextSchema, registrySlugSchema, repositoryNameSchema } from "#lib/inventory/schema";

export const denialReasons = [
  "no-grant",
  "protected",
  "expired-grant",
  "wrong-credentials",
  "expired-secret",
  "revoked-secret",
  "disabled",
  "not-trusted",
  "invalid-scope",
  "throttled",
] as const;
export type DenialReason = (typeof denialReasons)[number];

export const tokenDenialSchema = z.strictObject({
  id: z.string(),
  registry: z.string().nullable(),
  /** Set when the credentials were right. */
  principal: z.strictObject({ id: z.string(), kind: z.string(), name: z.string() }).nullable(),
  /** The name that was given; null for nobody. */
  account: z.string().nullable(),
  type: z.string().nullable(),
  repository: z.string().nullable(),
  actions: z.array(z.string()),
  address: z.string().nullable(),
  agent: z.string().nullable(),
  reason: z.enum(denialReasons),
  detail: z.string(),
  count: z.number().int(),
  firstAt: timeSchema,
  lastAt: timeSchema,
});
export type TokenDenial = z.infer<typeof tokenDenialSchema>;
export const tokenDenialPageSchema = pageOf(tokenDenialSchema);

export const listTokenDenialsQuery = z.strictObject({
  ...pageQuery,
  registry: registrySlugSchema.optional(),
  repository: repositoryNameSchema.optional(),
  principal: uuidSchema.optional(),
  reason: z.enum(denialReasons).optional(),
  q: filterTextSchema.optional(),
});
export type ListTokenDenialsQuery = z.output<typeof listTokenDenialsQuery>;

/** What a registry client gets: the Docker token specification. */
export const tokenAnswerSchema = z.strictObject({
  token: z.string(),
  access_token: z.string(),
  expires_in: z.number().int(),
  issued_at: timeSchema,
  refresh_token: z.string().optional(),
  scope: z.string().optional(),
});
