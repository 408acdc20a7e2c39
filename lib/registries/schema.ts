import { z } from "zod";
import { remarkSchema } from "#lib/auth/schema";
import { enforcementStates } from "#lib/enforcement/schema";
import { pageOf, pageQuery } from "#lib/http/page-schema";
import { isRepositoryName } from "#lib/oci/reference";
import { formatSlug } from "#lib/registries/format-slug";

export const slugSchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    "A slug has 1 to 40 lower-case letters, digits and dashes, and neither begins nor ends with a dash.",
  );

/** Scheme, host and port: what stands before /v2/. */
export const registryUrlSchema = z
  .string()
  .max(300)
  .superRefine((text, issue) => {
    const problem = findUrlProblem(text);
    if (problem !== null) issue.addIssue({ code: "custom", message: problem });
  })
  .transform((text) => new URL(text).origin);

function findUrlProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url === null) return "This is no address. Write it as https://registry.example.com.";
  if (url.protocol !== "http:" && url.protocol !== "https:") return "Only http and https are used.";
  if (url.username !== "" || url.password !== "" || text.includes("@"))
    return "The address holds a user name. Give it in the field for it.";
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || /[?#]$/.test(text))
    return "The address is scheme, host and port, with nothing after them.";
  return null;
}

export const credentialKinds = ["none", "basic", "token"] as const;
export const repositorySources = ["catalog", "list", "events"] as const;

const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !/\p{Cc}/u.test(text), "A name has no control characters.");

const patternSchema = z
  .string()
  .max(255)
  .regex(
    /^(?:\*\*?|[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?:\/\*\*?)?)$/,
    "A pattern is a repository name, or a path with /* or /** behind it.",
  );

const fields = {
  name: nameSchema,
  url: registryUrlSchema,
  credentialKind: z.enum(credentialKinds),
  username: z
    .string()
    .min(1)
    .max(200)
    .refine((text) => !/[:\p{Cc}]/u.test(text), "A user name has no colon and no control characters.")
    .nullable(),
  /** Password or token; sealed, and never sent back. */
  secret: z.string().min(1).max(65_536).nullable(),
  caPem: z
    .string()
    .max(200_000)
    .refine((text) => /-----BEGIN CERTIFICATE-----/.test(text), "Give the CA as PEM text.")
    .nullable(),
  /** A token service on another host, confirmed by an admin. */
  pinnedRealm: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .nullable(),
  requestsPerSecond: z.number().int().min(1).max(10_000).nullable(),
  syncEveryMinutes: z.number().int().min(0).max(43_200),
  repositorySource: z.enum(repositorySources),
  repositoryNames: z
    .array(z.string().refine(isRepositoryName, "This is no repository name."))
    .max(20_000)
    .transform((names) => [...new Set(names)].sort()),
  protectedPatterns: z.array(patternSchema).max(200),
};

const connectRegistryFields = z.strictObject({
  /** Taken from the host when absent. */
  slug: slugSchema.optional(),
  name: fields.name.optional(),
  url: fields.url,
  credentialKind: fields.credentialKind.default("none"),
  username: fields.username.default(null),
  secret: fields.secret.default(null),
  caPem: fields.caPem.default(null),
  pinnedRealm: fields.pinnedRealm.default(null),
  requestsPerSecond: fields.requestsPerSecond.default(null),
  syncEveryMinutes: fields.syncEveryMinutes.default(60),
  repositorySource: fields.repositorySource.default("catalog"),
  repositoryNames: fields.repositoryNames.default([]),
  protectedPatterns: fields.protectedPatterns.default([]),
  /** Whether to read the registry at once. */
  sync: z.boolean().default(true),
});
export const connectRegistryBody = connectRegistryFields.transform((body) => ({
  ...body,
  slug: body.slug ?? (formatSlug(body.url) || "registry"),
}));
export type ConnectRegistryBody = z.infer<typeof connectRegistryBody>;

export const updateRegistryBody = z.strictObject(fields).partial();
export type UpdateRegistryBody = z.infer<typeof updateRegistryBody>;

/** A connection that is only tried; of a connected registry when `slug` is given, with what else is given put over it. */
export const testRegistryBody = z.strictObject({
  slug: slugSchema.optional(),
  url: fields.url.optional(),
  credentialKind: fields.credentialKind.optional(),
  username: fields.username.optional(),
  secret: fields.secret.optional(),
  caPem: fields.caPem.optional(),
  pinnedRealm: fields.pinnedRealm.optional(),
  repositoryNames: fields.repositoryNames.optional(),
});
export type TestRegistryBody = z.infer<typeof testRegistryBody>;

export const testSteps = [
  "resolve",
  "connect",
  "tls",
  "api",
  "authentication",
  "catalog",
  "referrers",
  "deletion",
] as const;

export const capabilitiesSchema = z.strictObject({
  apiVersion: z.string().nullable(),
  authentication: z.enum(["none", "basic", "bearer", "unknown"]),
  realm: z.string().nullable(),
  catalog: z.enum(["yes", "no", "unknown"]),
  referrers: z.enum(["api", "fallback", "unknown"]),
  deletion: z.enum(["on", "off", "unknown"]),
  tagDeletion: z.enum(["by-name", "by-digest-only", "unknown"]),
});
export type RegistryCapabilities = z.infer<typeof capabilitiesSchema>;

export const unknownCapabilities: RegistryCapabilities = {
  apiVersion: null,
  authentication: "unknown",
  realm: null,
  catalog: "unknown",
  referrers: "unknown",
  deletion: "unknown",
  tagDeletion: "unknown",
};

export const registryTestSchema = z.strictObject({
  steps: z.array(
    z.strictObject({
      id: z.enum(testSteps),
      state: z.enum(["ok", "failed", "skipped", "limited"]),
      detail: z.string(),
      durationMs: z.number().int().nonnegative(),
    }),
  ),
  /** Whether the registry can be used as it is. */
  usable: z.boolean(),
  capabilities: capabilitiesSchema,
  /** What to do about the step that failed. */
  advice: z.string().nullable(),
  /** The smallest networks that an admin would have to allow first. */
  blockedNetworks: z.array(z.string()),
  /** A token service on another host that waits to be confirmed as the pinned realm. */
  unconfirmedRealm: z.string().nullable(),
});
export type RegistryTest = z.infer<typeof registryTestSchema>;

const timeSchema = z.iso.datetime();
const countSchema = z.number().int().nonnegative();

export const registrySchema = z.strictObject({
  slug: z.string(),
  name: z.string(),
  url: z.string(),
  credentialKind: z.enum(credentialKinds),
  username: z.string().nullable(),
  hasSecret: z.boolean(),
  hasCa: z.boolean(),
  pinnedRealm: z.string().nullable(),
  requestsPerSecond: countSchema.nullable(),
  /** 0: only by hand. */
  syncEveryMinutes: countSchema,
  repositorySource: z.enum(repositorySources),
  repositoryNames: z.array(z.string()),
  protectedPatterns: z.array(z.string()),
  capabilities: capabilitiesSchema,
  testedAt: timeSchema.nullable(),
  state: z.strictObject({
    state: z.enum(["new", "ok", "failing"]),
    detail: z.string().nullable(),
    since: timeSchema,
  }),
  lastSyncedAt: timeSchema.nullable(),
  lastSweptAt: timeSchema.nullable(),
  lastEventAt: timeSchema.nullable(),
  repositoryCount: countSchema,
  tagCount: countSchema,
  /** Each blob and manifest once. */
  sizeBytes: countSchema,
  disconnectedAt: timeSchema.nullable(),
  /** Whether grants hold there, and since when that is set so; null for who may not read access there. */
  enforcement: z.strictObject({ state: z.enum(enforcementStates), since: timeSchema.nullable() }).nullable(),
  notifications: z.strictObject({
    secretSet: z.boolean(),
    /** Where the registry sends them. */
    url: z.string(),
    unreadable: countSchema,
    conflicting: countSchema,
  }),
  createdAt: timeSchema,
});
export type RegistryItem = z.infer<typeof registrySchema>;
export const registryPageSchema = pageOf(registrySchema);

export const listRegistriesQuery = z.strictObject({ ...pageQuery });
export type ListRegistriesQuery = z.infer<typeof listRegistriesQuery>;
export const registryParams = z.strictObject({ slug: slugSchema });

export const ingestSecretBody = z.strictObject({
  /** Your own, of at least 32 characters; made when absent. */
  secret: z
    .string()
    .min(32)
    .max(500)
    .regex(/^[\x21-\x7e]+$/, "A secret has visible ASCII characters only.")
    .optional(),
});
export const ingestSecretSchema = z.strictObject({
  /** Shown this once. */
  secret: z.string(),
  url: z.string(),
});

export const allowedNetworkSchema = z.strictObject({
  id: z.number().int(),
  cidr: z.string(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: timeSchema,
});
export type AllowedNetworkItem = z.infer<typeof allowedNetworkSchema>;
export const allowedNetworksSchema = pageOf(allowedNetworkSchema);
export const allowNetworkBody = z.strictObject({
  cidr: z.string().min(1).max(60),
  reason: remarkSchema.min(1).max(300),
});
export type AllowNetworkBody = z.infer<typeof allowNetworkBody>;
export const allowedNetworkParams = z.strictObject({
  id: z.string().regex(/^[1-9]\d{0,8}$/, "This is no id of a network."),
});
