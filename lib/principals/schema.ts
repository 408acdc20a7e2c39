import { z } from "zod";
import { isPlainText } from "#lib/auth/is-plain-text";
import { labelSchema, remarkSchema, timeSchema, uuidSchema } from "#lib/auth/schema";
import { pageOf, pageQuery, sortQuery } from "#lib/http/page-schema";
import { filterTextSchema } from "#lib/inventory/schema";
import { loginSchema } from "#lib/people/schema";

export const principalKinds = ["user", "group", "robot", "workload", "built-in"] as const;
export type PrincipalKind = (typeof principalKinds)[number];

/** What a robot or workload signs in to a registry with. Safe in shells, files and basic credentials. */
export const principalNameSchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/,
    "A name has 1 to 64 lower-case letters, digits and . _ -, and begins and ends with a letter or digit.",
  );

export const principalSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(principalKinds),
  name: z.string(),
  description: z.string(),
  /** Login of who answers for it; null for people, groups and built-in ones, and when nobody does. */
  owner: z.string().nullable(),
  /** The account of the owner is disabled: it works on, and nobody answers for it. */
  ownerDisabled: z.boolean(),
  /** live, disabled or deleted. */
  state: z.enum(["live", "disabled", "deleted"]),
  /** What the caller may do with it, so that a page shows no button that would be refused. */
  allowed: z.strictObject({ change: z.boolean(), secrets: z.boolean() }),
  /** Live ones that the caller may see. */
  grantCount: z.number().int(),
  secretCount: z.number().int(),
  trustRuleCount: z.number().int(),
  /** When it last got a token from us. */
  lastUsedAt: timeSchema.nullable(),
  createdAt: timeSchema,
});
export type AccessPrincipal = z.infer<typeof principalSchema>;
export const principalPageSchema = pageOf(principalSchema);

export const listPrincipalsQuery = z.strictObject({
  ...pageQuery,
  q: filterTextSchema.optional(),
  kind: z.enum(principalKinds).optional(),
  state: z.enum(["live", "disabled", "deleted"]).optional(),
  /** Robots and workloads whose owner may sign in, or may not any more, or that have none. */
  owner: z.enum(["enabled", "disabled", "none"]).optional(),
  sort: sortQuery(["name", "createdAt"]).default("name"),
});
export type ListPrincipalsQuery = z.output<typeof listPrincipalsQuery>;

/** What the identity provider calls a group. */
export const groupNameSchema = labelSchema.max(256);

export const createPrincipalBody = z
  .strictObject({
    /** group: its name is what the identity provider calls it. */
    kind: z.enum(["robot", "workload", "group"]),
    name: z.string(),
    description: remarkSchema.default(""),
    /** Login; whoever makes it when absent. Not for groups. */
    owner: loginSchema.optional(),
  })
  .superRefine(({ kind, name, owner }, issue) => {
    const parsed = (kind === "group" ? groupNameSchema : principalNameSchema).safeParse(name);
    if (!parsed.success)
      issue.addIssue({ code: "custom", path: ["name"], message: parsed.error.issues[0]?.message ?? "" });
    if (kind === "group" && owner !== undefined)
      issue.addIssue({ code: "custom", path: ["owner"], message: "A group has no owner." });
  });
export type CreatePrincipalBody = z.output<typeof createPrincipalBody>;

export const changePrincipalBody = z.strictObject({
  description: remarkSchema.optional(),
  owner: loginSchema.optional(),
  disabled: z.boolean().optional(),
});
export type ChangePrincipalBody = z.output<typeof changePrincipalBody>;

/** Secrets of one's own have no principal in the address. */
export const partParams = z.strictObject({ id: uuidSchema });
export const principalParams = z.strictObject({ id: uuidSchema });
export const principalPartParams = z.strictObject({ id: uuidSchema, partId: uuidSchema });

export const secretSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  state: z.enum(["live", "expiring", "expired", "revoked"]),
  createdAt: timeSchema,
  createdBy: z.string(),
  expiresAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
  lastUsedAt: timeSchema.nullable(),
  lastAddress: z.string().nullable(),
  lastAgent: z.string().nullable(),
});
export type AccessSecret = z.infer<typeof secretSchema>;
export const secretListSchema = z.strictObject({ items: z.array(secretSchema) });

/** Not spoken: what the first page tells about. */
export interface ExpiringSecret {
  name: string;
  expiresAt: Date;
  principal: { id: string; kind: PrincipalKind; name: string };
}

/** Not spoken: what the first page tells of robots and workloads whose owner is disabled. */
export interface AbandonedPrincipals {
  count: number;
  newest: { id: string; kind: PrincipalKind; name: string; owner: string; since: Date } | null;
}

export const createSecretBody = z.strictObject({
  name: labelSchema,
  expiresAt: timeSchema.nullable().default(null),
});
export type CreateSecretBody = z.output<typeof createSecretBody>;

export const createdSecretSchema = z.strictObject({
  secret: secretSchema,
  /** The name to sign in to a registry with. */
  username: z.string(),
  /** Shown this once: `wfs_` and 43 characters. */
  value: z.string(),
});
export type CreatedSecret = z.infer<typeof createdSecretSchema>;

export const trustRuleSchema = z.strictObject({
  id: z.string(),
  issuer: z.string(),
  audience: z.string(),
  subjectPattern: z.string(),
  claims: z.record(z.string(), z.string()),
  createdAt: timeSchema,
  createdBy: z.string(),
  lastUsedAt: timeSchema.nullable(),
});
export type TrustRule = z.infer<typeof trustRuleSchema>;
export const trustRuleListSchema = z.strictObject({ items: z.array(trustRuleSchema) });

const claimSchema = z
  .string()
  .min(1, "This must not be empty.")
  .max(500)
  .refine(isPlainText, "Control characters are not allowed here.");

function isIssuer(text: string): boolean {
  if (!isPlainText(text) || /\s/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "" && !/[?#]/.test(text);
}

export const createTrustRuleBody = z.strictObject({
  issuer: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine(isIssuer, "An issuer is an address without user, query and fragment."),
  audience: claimSchema.max(300),
  subjectPattern: claimSchema
    .max(500)
    .refine((text) => /[^*:/]/.test(text), "Stars alone would trust every token of the issuer."),
  claims: z.record(claimSchema.max(100), claimSchema).default({}),
});
export type CreateTrustRuleBody = z.output<typeof createTrustRuleBody>;
