import { z } from "zod";
import { patternSchema, remarkSchema, timeSchema, uuidSchema } from "#lib/auth/schema";
import { pageOf, pageQuery, sortQuery } from "#lib/http/page-schema";
import { filterTextSchema, registrySlugSchema, repositoryNameSchema } from "#lib/inventory/schema";
import { repositoryProblem } from "#lib/oci/reference";
import { principalKinds } from "#lib/principals/schema";

export const accessActions = ["pull", "push", "delete"] as const;
export type AccessAction = (typeof accessActions)[number];

export const accessActionSchema = z.enum(accessActions);

/** How a grant names its principal: `robot:ci`, `user:alice`, `group:platform`, `everyone`, `signed-in`. */
export const principalReferenceSchema = z.string().min(1).max(200);

export const principalShownSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(principalKinds),
  name: z.string(),
});
export type PrincipalShown = z.infer<typeof principalShownSchema>;

export const grantSchema = z.strictObject({
  id: z.string(),
  principal: principalShownSchema,
  registry: z.string(),
  /** Null for the grant of reading the catalogue. */
  pattern: z.string().nullable(),
  actions: z.array(z.enum([...accessActions, "catalog"])),
  reason: z.string(),
  state: z.enum(["live", "expired", "revoked"]),
  expiresAt: timeSchema.nullable(),
  createdAt: timeSchema,
  createdBy: z.string(),
  updatedAt: timeSchema,
  source: z.string(),
  lastUsedAt: timeSchema.nullable(),
  useCount: z.number().int(),
  /** What the caller may do with it, so that a page shows no button that would be refused. */
  allowed: z.strictObject({ change: z.boolean() }),
});
export type AccessGrant = z.infer<typeof grantSchema>;
export const grantPageSchema = pageOf(grantSchema);

export const listGrantsQuery = z.strictObject({
  ...pageQuery,
  registry: registrySlugSchema.optional(),
  /** Grants that cover this repository. */
  repository: repositoryNameSchema.optional(),
  principal: uuidSchema.optional(),
  q: filterTextSchema.optional(),
  state: z.enum(["live", "expired", "revoked", "all"]).default("live"),
  sort: sortQuery(["createdAt", "updatedAt"]).default("-createdAt"),
});
export type ListGrantsQuery = z.output<typeof listGrantsQuery>;

export const createGrantBody = z.strictObject({
  principal: principalReferenceSchema,
  registry: registrySlugSchema,
  /** Null together with the one action catalog. */
  pattern: patternSchema.nullable(),
  actions: z
    .array(z.enum([...accessActions, "catalog"]))
    .min(1)
    .max(4),
  reason: remarkSchema.default(""),
  expiresAt: timeSchema.nullable().default(null),
});
export type CreateGrantBody = z.output<typeof createGrantBody>;

export const changeGrantBody = z.strictObject({
  pattern: patternSchema.optional(),
  actions: z.array(accessActionSchema).min(1).max(3).optional(),
  reason: remarkSchema.optional(),
  expiresAt: timeSchema.nullable().optional(),
});
export type ChangeGrantBody = z.output<typeof changeGrantBody>;

export const grantParams = z.strictObject({ id: uuidSchema });

export const previewGrantBody = z.strictObject({
  ...createGrantBody.shape,
  /** The grant that is being changed: it is not counted as held already. */
  changes: uuidSchema.optional(),
});
export type PreviewGrantBody = z.output<typeof previewGrantBody>;

/** What the editor shows while a grant is being written; nothing is stored. */
export const grantPreviewSchema = z.strictObject({
  /** In plain words: "ci-payments may push and pull payments/** in prod until 1 March 2027". */
  sentence: z.string(),
  matchCount: z.number().int(),
  /** At most 50 of them, by name. */
  matches: z.array(z.string()),
  /** Who can do what afterwards that cannot now: at most 50 lines, and how many there are. */
  gains: z.array(z.strictObject({ repository: z.string(), actions: z.array(accessActionSchema) })),
  gainCount: z.number().int(),
  warnings: z.array(
    z.strictObject({
      code: z.enum([
        "too-wide",
        "person-pushes-to-protected",
        "many-pushers",
        "already-covered",
        "not-named-for-protected",
        "matches-nothing",
        "beyond-built-in",
      ]),
      message: z.string(),
    }),
  ),
});
export type GrantPreview = z.infer<typeof grantPreviewSchema>;

/** One reason for an action: a grant, or why it is refused. */
export const becauseSchema = z.strictObject({
  grantId: z.string().nullable(),
  /** A sentence. */
  text: z.string(),
});

export const effectiveQuery = z
  .strictObject({
    registry: registrySlugSchema,
    repository: repositoryNameSchema.optional(),
    principal: uuidSchema.optional(),
    ...pageQuery,
  })
  .refine(({ repository, principal }) => repository !== undefined || principal !== undefined, {
    path: ["repository"],
    message: "Name a repository, a principal, or both.",
  });
export type EffectiveQuery = z.output<typeof effectiveQuery>;

/** For a repository: a row per principal. For a principal: a row per repository pattern that it holds something for. */
export const effectiveItemSchema = z.strictObject({
  principal: principalShownSchema,
  repository: z.string().nullable(),
  pattern: z.string().nullable(),
  actions: z.array(accessActionSchema),
  because: z.array(becauseSchema),
  /** Actions that a grant would give but protection takes away. */
  withheld: z.array(accessActionSchema),
  expiresAt: timeSchema.nullable(),
  lastUsedAt: timeSchema.nullable(),
});
export type EffectiveItem = z.infer<typeof effectiveItemSchema>;
export const effectivePageSchema = pageOf(effectiveItemSchema);

export const matrixQuery = z.strictObject({
  registry: registrySlugSchema,
  /** The folder whose children are the columns; empty for the top. */
  prefix: z
    .string()
    .refine(
      (path) => path === "" || repositoryProblem(path) === null,
      "A folder is written as its path: team/api.",
    )
    .default(""),
  /** nextColumn of the answer before: the columns after those. */
  columnsAfter: filterTextSchema.optional(),
  kind: z.enum(principalKinds).optional(),
  q: filterTextSchema.optional(),
  ...pageQuery,
});
export type MatrixQuery = z.output<typeof matrixQuery>;

/** Cells are effective access: all, some or none of the repositories below a column that the caller sees. */
export const matrixSchema = z.strictObject({
  /** At most 30. */
  columns: z.array(
    z.strictObject({
      path: z.string(),
      isRepository: z.boolean(),
      repositoryCount: z.number().int(),
      protectedCount: z.number().int(),
    }),
  ),
  /** For columnsAfter; null when these are all. */
  nextColumn: z.string().nullable(),
  columnCount: z.number().int(),
  rows: z.array(
    z.strictObject({
      principal: principalShownSchema,
      disabled: z.boolean(),
      cells: z.array(
        z.strictObject({
          pull: z.enum(["all", "some", "none"]),
          push: z.enum(["all", "some", "none"]),
          delete: z.enum(["all", "some", "none"]),
          /** A grant here reaches further than the folder, or a person may push to a protected repository. */
          warning: z.string().nullable(),
          /** When the first of this access ends by itself; null when none of it does. */
          expiresAt: timeSchema.nullable(),
        }),
      ),
      /** When it last got a token for this registry. */
      lastUsedAt: timeSchema.nullable(),
    }),
  ),
  nextCursor: z.string().nullable(),
});
export type AccessMatrix = z.infer<typeof matrixSchema>;

/** The line under the title of the access pages: GET /api/v1/access/summary. */
export const accessSummarySchema = z.strictObject({
  grantCount: z.number().int(),
  principalCount: z.number().int(),
  registryCount: z.number().int(),
  /** Registries whose enforcement is on. */
  enforcedCount: z.number().int(),
  openRequestCount: z.number().int(),
});
export type AccessSummary = z.infer<typeof accessSummarySchema>;

export const checkAccessBody = z.strictObject({
  principal: principalReferenceSchema,
  registry: registrySlugSchema,
  repository: repositoryNameSchema,
  action: accessActionSchema,
});
export type CheckAccessBody = z.output<typeof checkAccessBody>;

export const checkAccessSchema = z.strictObject({
  allowed: z.boolean(),
  because: z.string(),
  grantId: z.string().nullable(),
  /** What would mend it; null when it is allowed. */
  refusal: z.enum(["no-grant", "expired-grant", "protected", "disabled"]).nullable(),
});
export type AccessCheck = z.infer<typeof checkAccessSchema>;

/** What somebody may do at registries, through themselves, their groups and what is given to everybody. */
export const mineSchema = z.strictObject({
  /** What to sign in to a registry with; null for an API key, which has no access to registries. */
  username: z.string().nullable(),
  groups: z.array(z.string()),
  /** The groups of the last sign-in are too old to count: signing in again makes them count. */
  hasStaleGroups: z.boolean(),
  items: z.array(
    z.strictObject({
      registry: z.string(),
      pattern: z.string().nullable(),
      actions: z.array(z.enum([...accessActions, "catalog"])),
      withheld: z.array(accessActionSchema),
      because: z.array(becauseSchema),
      expiresAt: timeSchema.nullable(),
      lastUsedAt: timeSchema.nullable(),
    }),
  ),
});
export type MyAccess = z.infer<typeof mineSchema>;

export const suggestionSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(["unused", "too-wide", "expiring"]),
  grant: grantSchema,
  /** "Unused for 90 days." */
  text: z.string(),
  /** What the grant would become; null when it would be revoked. */
  proposal: z
    .strictObject({
      patterns: z.array(z.string()),
      actions: z.array(accessActionSchema),
      expiresAt: timeSchema.nullable(),
    })
    .nullable(),
  /** Uses of the last 30 days that the change would have refused; of an expiring grant, those that its end would. */
  wouldHaveLost: z.strictObject({
    uses: z.number().int(),
    repositories: z.array(z.string()),
  }),
});
export type Suggestion = z.infer<typeof suggestionSchema>;
export const suggestionListSchema = z.strictObject({ items: z.array(suggestionSchema) });

export const suggestionsQuery = z.strictObject({ registry: registrySlugSchema.optional() });
/** Restoring the revoked grant undoes it. */
export const appliedSuggestionSchema = z.strictObject({
  revoked: z.string(),
  created: z.array(grantSchema),
});
export const suggestionParams = z.strictObject({ id: z.string().min(1).max(200) });

export const exportDocumentQuery = z.strictObject({ registry: registrySlugSchema.optional() });

/** The YAML document, as text, in and out. */
export const documentQuery = z.strictObject({
  registry: registrySlugSchema.optional(),
  dryRun: z.enum(["true", "false"]).default("false"),
});
export const documentBody = z.strictObject({ document: z.string().max(2_000_000) });
export const documentSchema = z.strictObject({ document: z.string() });

export const planItemSchema = z.strictObject({
  change: z.enum(["added", "changed", "removed"]),
  what: z.enum(["principal", "grant", "protection"]),
  text: z.string(),
});
export const documentPlanSchema = z.strictObject({
  items: z.array(planItemSchema),
  unchanged: z.number().int(),
  applied: z.boolean(),
});
export type DocumentPlan = z.infer<typeof documentPlanSchema>;

export const accessRequestSchema = z.strictObject({
  id: z.string(),
  user: z.string(),
  registry: z.string(),
  pattern: z.string(),
  actions: z.array(accessActionSchema),
  reason: z.string(),
  state: z.enum(["open", "approved", "declined", "withdrawn"]),
  createdAt: timeSchema,
  decidedAt: timeSchema.nullable(),
  decidedBy: z.string().nullable(),
  decision: z.string().nullable(),
  grantId: z.string().nullable(),
});
export type AccessRequest = z.infer<typeof accessRequestSchema>;
export const accessRequestPageSchema = pageOf(accessRequestSchema);

export const listAccessRequestsQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(["open", "all"]).default("open"),
  /** Only one's own. */
  mine: z.enum(["true", "false"]).default("false"),
  sort: sortQuery(["createdAt"]).default("-createdAt"),
});
export type ListAccessRequestsQuery = z.output<typeof listAccessRequestsQuery>;

export const createAccessRequestBody = z.strictObject({
  registry: registrySlugSchema,
  pattern: patternSchema,
  actions: z.array(accessActionSchema).min(1).max(3),
  reason: remarkSchema.min(1, "Say what it is for."),
});
export type CreateAccessRequestBody = z.output<typeof createAccessRequestBody>;

export const accessRequestParams = z.strictObject({ id: uuidSchema });

export const decideAccessRequestBody = z.strictObject({
  state: z.enum(["approved", "declined", "withdrawn"]),
  decision: remarkSchema.default(""),
  /** For an approval: until when. */
  expiresAt: timeSchema.nullable().default(null),
});
export type DecideAccessRequestBody = z.output<typeof decideAccessRequestBody>;

export const protectionSchema = z.strictObject({
  pattern: z.string(),
  repositoryCount: z.number().int(),
  pushers: z.array(principalShownSchema),
});
export type Protection = z.infer<typeof protectionSchema>;
export const protectionListSchema = z.strictObject({ items: z.array(protectionSchema) });
export const protectionParams = z.strictObject({ slug: registrySlugSchema });
export const protectionsBody = z.strictObject({
  items: z
    .array(
      z.strictObject({
        pattern: patternSchema,
        pushers: z.array(principalReferenceSchema).max(100).default([]),
      }),
    )
    .max(200),
});
export type ProtectionsBody = z.output<typeof protectionsBody>;
