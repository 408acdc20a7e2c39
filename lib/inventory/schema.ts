import { z } from "zod";
import { pageOf, pageQuery, sortQuery } from "#lib/http/page-schema";
import { facetLimit } from "#lib/inventory/schema-facet-limit";
import { isDigest, parseDigest } from "#lib/oci/digest";
import { isManifestReference, isTag, repositoryProblem } from "#lib/oci/reference";

export const registrySlugSchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    "A registry is named by its slug: letters, digits and dashes.",
  );

export const repositoryNameSchema = z.string().superRefine((name, issue) => {
  const problem = repositoryProblem(name);
  if (problem !== null) issue.addIssue({ code: "custom", message: problem });
});

export const tagNameSchema = z
  .string()
  .refine(
    isTag,
    "A tag has up to 128 letters, digits, dots, dashes and underscores, and begins with none of . -",
  );

export const digestSchema = z.string().superRefine((text, issue) => {
  const parsed = parseDigest(text);
  if (!parsed.ok) issue.addIssue({ code: "custom", message: parsed.problem });
});

/** A tag or a digest. */
export const manifestReferenceSchema = z.string().superRefine((text, issue) => {
  if (isManifestReference(text)) return;
  const parsed = text.includes(":") ? parseDigest(text) : null;
  const message = parsed && !parsed.ok ? parsed.problem : "This is neither a tag nor a digest.";
  issue.addIssue({ code: "custom", message });
});

/** `os/architecture` with an optional variant, or the digest of a child. */
export const platformParamSchema = z
  .string()
  .max(160)
  .refine(
    (text) =>
      isDigest(text) || /^[A-Za-z0-9_.-]{1,40}\/[A-Za-z0-9_.-]{1,40}(?:\/[A-Za-z0-9_.-]{1,40})?$/.test(text),
    "A platform is written os/architecture or os/architecture/variant, such as linux/arm64/v8.",
  );

/** Free text of a filter: what stands in it is looked for as it is written. */
export const filterTextSchema = z
  .string()
  .max(255)
  .refine((text) => !text.includes("\0"), "A filter holds no NUL character.");

/** A path in the tree of repositories, with or without a slash at its end; empty for the root. */
const folderPathSchema = z.string().superRefine((path, issue) => {
  if (path === "" || path === "/") return;
  const problem = repositoryProblem(path.endsWith("/") ? path.slice(0, -1) : path);
  if (problem !== null) issue.addIssue({ code: "custom", message: problem });
});

const timeSchema = z.iso.datetime();
const bytesSchema = z.number().int().nonnegative();
const countSchema = z.number().int().nonnegative();

export const manifestKinds = [
  "image",
  "index",
  "helm-chart",
  "signature",
  "attestation",
  "sbom",
  "scan-report",
  "artifact",
] as const;
export const manifestKindSchema = z.enum(manifestKinds);
export type ManifestKind = z.infer<typeof manifestKindSchema>;

export const platformSchema = z.strictObject({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().nullable(),
});
export type PlatformName = z.infer<typeof platformSchema>;

/** How fresh what is shown is, and whether its registry answers. */
export const registryStateSchema = z.strictObject({
  slug: z.string(),
  name: z.string(),
  /** Host and port as they stand in a pull command. */
  host: z.string(),
  /** new, ok or failing. */
  state: z.string(),
  stateDetail: z.string().nullable(),
  stateSince: timeSchema,
  lastSyncedAt: timeSchema.nullable(),
  lastEventAt: timeSchema.nullable(),
  /** Since when it tells of pulls; null: it never did, so nothing is known of them. */
  pullsSince: timeSchema.nullable(),
  disconnectedAt: timeSchema.nullable(),
});
export type RegistryState = z.infer<typeof registryStateSchema>;

export const repositorySorts = ["name", "tagCount", "sizeBytes", "lastPushedAt", "lastPulledAt"] as const;
/** present: still listed by its registry; missing: gone from it, kept for its history; all: both. */
export const repositoryStates = ["present", "missing", "all"] as const;

export const repositoryPulls = ["seen", "never", "unknown"] as const;
/** image: it holds an image or an index; helm-chart: charts and no image; artifact: anything else. */
export const repositoryKinds = ["image", "helm-chart", "artifact"] as const;

const repositoryFilters = {
  registry: registrySlugSchema.optional(),
  /** Part of the name. */
  q: filterTextSchema.optional(),
  /** A path: the repository of that name and everything below it; with a slash at the end only what is below. */
  prefix: folderPathSchema.optional(),
  /** Slug of a team: the repositories of its patterns. */
  team: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "A team is named by its slug.")
    .optional(),
  state: z.enum(repositoryStates).default("present"),
  /** Whether its registry protects it. */
  protected: z.enum(["true", "false"]).optional(),
  /** seen; never: its registry tells of pulls, and told of none; unknown: its registry does not tell. */
  pulled: z.enum(repositoryPulls).optional(),
  /** true: only what is the last known state, as the registry does not answer as it should. */
  stale: z.enum(["true", "false"]).optional(),
  /** What it is for. */
  kind: z.enum(repositoryKinds).optional(),
};

export const listRepositoriesQuery = z.strictObject({
  ...repositoryFilters,
  sort: sortQuery(repositorySorts).default("name"),
  ...pageQuery,
});
export type ListRepositoriesQuery = z.infer<typeof listRepositoriesQuery>;

export const summariseRepositoriesQuery = z.strictObject(repositoryFilters);
export type SummariseRepositoriesQuery = z.infer<typeof summariseRepositoriesQuery>;

export const repositorySchema = z.strictObject({
  registry: z.string(),
  name: z.string(),
  tagCount: countSchema,
  manifestCount: countSchema,
  /** Distinct blobs and manifests of the repository, each once. */
  sizeBytes: bytesSchema,
  /**
   * The part of it that no other repository of the registry holds; the rest is shared. Null until it was counted, and
   * for those who see only a part of the registry.
   */
  uniqueBytes: bytesSchema.nullable(),
  /** Null while it is empty. */
  kind: z.enum(repositoryKinds).nullable(),
  lastPushedAt: timeSchema.nullable(),
  lastPulledAt: timeSchema.nullable(),
  /** Reads of its manifests on each of the last 30 days (UTC), today last; null where nobody told, null when no day is known. */
  dailyPulls: z.array(countSchema.nullable()).nullable(),
  firstSeenAt: timeSchema,
  /** Since when its registry no longer lists it; null while it does. */
  missingSince: timeSchema.nullable(),
  /** Since when the registry is disconnected; null while it is connected. */
  disconnectedAt: timeSchema.nullable(),
  protected: z.boolean(),
});
export type RepositoryItem = z.infer<typeof repositorySchema>;
export const repositoryPageSchema = pageOf(repositorySchema);

export const repositoryQuery = z.strictObject({
  registry: registrySlugSchema,
  repository: repositoryNameSchema,
});
export type RepositoryQuery = z.infer<typeof repositoryQuery>;

export const repositoryDetailSchema = z.strictObject({
  ...repositorySchema.shape,
  registryState: registryStateSchema,
  /** What the caller may do here, so that a page shows no button that would be refused. */
  allowed: z.strictObject({
    putBack: z.boolean(),
    deleteTags: z.boolean(),
    deleteManifests: z.boolean(),
    sync: z.boolean(),
    readAccess: z.boolean(),
    writeAccess: z.boolean(),
  }),
  /** Where the registry keeps to grants: what the caller's own grants lack for a deed, and where to ask for it. */
  missingGrants: z.strictObject({ push: z.string().nullable(), delete: z.string().nullable() }),
});
export type RepositoryDetail = z.infer<typeof repositoryDetailSchema>;

/** Figures that take a walk over the repository; null where that took too long. */
export const repositoryStorageSchema = z.strictObject({
  /** Bytes of blobs that no other repository of the registry holds. */
  uniqueBytes: bytesSchema.nullable(),
  /** Bytes of blobs that others hold too. */
  sharedBytes: bytesSchema.nullable(),
  /** Manifests without a tag that no index names and that name no subject. */
  untaggedManifestCount: countSchema.nullable(),
});
export type RepositoryStorage = z.infer<typeof repositoryStorageSchema>;

export const repositorySummarySchema = z.strictObject({
  repositoryCount: countSchema,
  tagCount: countSchema,
  /** Sum of the sizes of the repositories: what lies in several counts several times. */
  pushedBytes: bytesSchema,
  /** Each blob of a registry once; null with a filter on names, where it is not kept. */
  storedBytes: bytesSchema.nullable(),
  /** When the figures were counted; they may be a minute old. */
  countedAt: timeSchema,
});
export type RepositorySummary = z.infer<typeof repositorySummarySchema>;

const facetSchema = z.number().int().min(0).max(facetLimit);

/** How many repositories each filter would leave, beside the others that are set; counted to 10,000. */
export const repositoryFacetsSchema = z.strictObject({
  protected: facetSchema,
  neverPulled: facetSchema,
  stale: facetSchema,
  kinds: z.strictObject({ image: facetSchema, "helm-chart": facetSchema, artifact: facetSchema }),
  /** Registries among them that tell nothing of pulls. */
  silentRegistries: z.array(z.string()),
});
export type RepositoryFacets = z.infer<typeof repositoryFacetsSchema>;

export const listFoldersQuery = z.strictObject({
  registry: registrySlugSchema,
  /** Path of the folder; empty or absent for the root. */
  parent: folderPathSchema.default(""),
  ...pageQuery,
  limit: z.coerce.number().int().min(1).max(500).default(200),
});
export type ListFoldersQuery = z.infer<typeof listFoldersQuery>;

export const folderSchema = z.strictObject({
  path: z.string(),
  /** Last part of the path. */
  name: z.string(),
  /** Repositories at this path and below. */
  repositoryCount: countSchema,
});
export type RepositoryFolderItem = z.infer<typeof folderSchema>;
export const folderPageSchema = pageOf(folderSchema);

export const tagSorts = ["name", "pushedAt", "sizeBytes", "semver", "lastPulledAt"] as const;
export const listTagsQuery = z.strictObject({
  registry: registrySlugSchema,
  repository: repositoryNameSchema,
  q: filterTextSchema.optional(),
  /** Also the tags that are bookkeeping of clients: sha256-<hex> and sha256-<hex>.sig, .att, .sbom. */
  bookkeeping: z.enum(["true", "false"]).default("false"),
  sort: sortQuery(tagSorts).default("-pushedAt"),
  ...pageQuery,
});
export type ListTagsQuery = z.infer<typeof listTagsQuery>;

export const tagSchema = z.strictObject({
  name: z.string(),
  digest: z.string(),
  mediaType: z.string(),
  kind: manifestKindSchema,
  artifactType: z.string().nullable(),
  /** Distinct blobs over all platforms, without attestations. */
  sizeBytes: bytesSchema,
  platforms: z.array(platformSchema),
  /** When the image says that it was built. */
  createdAt: timeSchema.nullable(),
  pushedAt: timeSchema,
  /** True when nobody saw the push: pushedAt is when it was first seen. */
  pushedAtSeen: z.boolean(),
  lastPulledAt: timeSchema.nullable(),
});
export type TagItem = z.infer<typeof tagSchema>;
export const tagPageSchema = pageOf(tagSchema);

export const listTagHistoryQuery = z.strictObject({
  registry: registrySlugSchema,
  repository: repositoryNameSchema,
  tag: tagNameSchema.optional(),
  ...pageQuery,
});
export type ListTagHistoryQuery = z.infer<typeof listTagHistoryQuery>;

export const tagMoveSources = ["event", "crawl", "console"] as const;
export const tagMoveSchema = z.strictObject({
  id: z.string(),
  tag: z.string(),
  /** Null: the tag was deleted. */
  digest: z.string().nullable(),
  /** Null: the tag was not there before, or nothing is known. */
  previousDigest: z.string().nullable(),
  at: timeSchema,
  /** True when `at` is when it was seen, not when it happened. */
  atSeen: z.boolean(),
  actor: z.string().nullable(),
  source: z.enum(tagMoveSources),
  /** Whether the manifest still exists, so that the tag can be put back to it. */
  manifestExists: z.boolean(),
  /** Whether the tag stands on this digest now. */
  current: z.boolean(),
});
export type TagMoveItem = z.infer<typeof tagMoveSchema>;
export const tagHistoryPageSchema = pageOf(tagMoveSchema);

export const putBackTagBody = z.strictObject({
  registry: registrySlugSchema,
  repository: repositoryNameSchema,
  tag: tagNameSchema,
  digest: digestSchema,
});
export type PutBackTagBody = z.infer<typeof putBackTagBody>;

export const putBackTagResultSchema = z.strictObject({
  tag: z.string(),
  digest: z.string(),
  previousDigest: z.string().nullable(),
  /** False when the tag stood there already. */
  moved: z.boolean(),
  message: z.string(),
});
export type PutBackTagResult = z.infer<typeof putBackTagResultSchema>;

/** by-name: the registry deletes one tag; throw-away-manifest: the tag is moved to an empty manifest that is deleted. */
export const tagDeletionWays = ["by-name", "throw-away-manifest", "not-possible"] as const;

export const tagDeletionPlanQuery = z.strictObject({
  registry: registrySlugSchema,
  repository: repositoryNameSchema,
  tag: tagNameSchema,
});
export type TagDeletionPlanQuery = z.infer<typeof tagDeletionPlanQuery>;

export const tagDeletionPlanSchema = z.strictObject({
  registry: z.string(),
  repository: z.string(),
  tag: z.string(),
  digest: z.string(),
  sizeBytes: bytesSchema,
  /** Other tags on the same digest: they stay. At most 100 of them. */
  siblings: z.array(z.string()),
  siblingCount: countSchema,
  way: z.enum(tagDeletionWays),
  /** What will happen, in sentences. */
  explanation: z.string(),
  protected: z.boolean(),
  /** What has to be typed when it is protected. */
  confirm: z.string(),
  /** True when the manifest keeps no tag afterwards, so that a collection of garbage may remove it. */
  freesManifest: z.boolean(),
});
export type TagDeletionPlan = z.infer<typeof tagDeletionPlanSchema>;

export const deleteTagQuery = z.strictObject({
  ...tagDeletionPlanQuery.shape,
  /** The name of the repository, typed, for protected ones. */
  confirm: z.string().max(400).optional(),
});
export type DeleteTagQuery = z.infer<typeof deleteTagQuery>;

export const deleteTagResultSchema = z.strictObject({
  tag: z.string(),
  digest: z.string(),
  way: z.enum(["by-name", "throw-away-manifest", "already-gone"]),
  /** Tags on the same digest that were checked after the deletion and still stand. */
  siblingsKept: z.array(z.string()),
  message: z.string(),
});
export type DeleteTagResult = z.infer<typeof deleteTagResultSchema>;
