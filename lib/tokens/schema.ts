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
export type TokenAnswer = z.infer<typeof tokenAnswerSchema>;

/** An error as registry clients read it: the registry's own form, and OAuth2's beside it. */
export const tokenProblemSchema = z.strictObject({
  errors: z.array(z.strictObject({ code: z.string(), message: z.string(), detail: z.null() })),
  error: z.string(),
  error_description: z.string(),
});

export const tokenQuery = z.object({
  service: z.string().describe("The registry's short name"),
  scope: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe("repository:team/api:pull,push; repeated or divided by blanks"),
  account: z.string().optional(),
  client_id: z.string().optional(),
  offline_token: z.string().optional().describe("true asks for a refresh token"),
});

export const tokenForm = z.object({
  grant_type: z.enum(["password", "refresh_token"]),
  service: z.string(),
  client_id: z.string().optional(),
  scope: z.string().optional(),
  access_type: z.string().optional().describe("offline asks for a refresh token"),
  username: z.string().optional(),
  password: z.string().optional(),
  refresh_token: z.string().optional(),
});

export const jwksQuery = z.object({ service: z.string().describe("The registry's short name") });
export const jwksSchema = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.string(),
      crv: z.string(),
      x: z.string(),
      y: z.string(),
      kid: z.string(),
      alg: z.string(),
      use: z.string(),
    }),
  ),
});

/** RFC 8693. */
export const tokenExchangeForm = z.object({
  grant_type: z.literal("urn:ietf:params:oauth:grant-type:token-exchange"),
  subject_token: z.string().describe("The signed token of the issuer"),
  subject_token_type: z.enum([
    "urn:ietf:params:oauth:token-type:jwt",
    "urn:ietf:params:oauth:token-type:id_token",
    "urn:ietf:params:oauth:token-type:access_token",
  ]),
  audience: z.string().describe("The registry's short name"),
  scope: z.string().optional(),
  requested_token_type: z
    .enum(["urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:access_token"])
    .optional(),
  principal: z.string().optional().describe("The name of the robot or workload, where several fit"),
  access_type: z
    .string()
    .optional()
    .describe("offline asks for a refresh token, as the secret for docker login"),
});

export const tokenExchangeAnswerSchema = z.strictObject({
  access_token: z.string(),
  issued_token_type: z.string(),
  token_type: z.string(),
  expires_in: z.number().int(),
  scope: z.string(),
  refresh_token: z.string().optional(),
});
