import { z } from "zod";
import {
  digestSchema,
  manifestKindSchema,
  manifestReferenceSchema,
  platformParamSchema,
  platformSchema,
  registrySlugSchema,
  registryStateSchema,
  repositoryNameSchema,
} from "#lib/inventory/schema";

const timeSchema = z.iso.datetime();
const bytesSchema = z.number().int().nonnegative();
const countSchema = z.number().int().nonnegative();

export const getRawManifestQuery = z.strictObject({
  registry: registrySlugSchema,
  repository: repositoryNameSchema,
  reference: manifestReferenceSchema,
  /** Also what was deleted or found missing; otherwise that is 404. */
  deleted: z.enum(["true", "false"]).default("false"),
});
export type GetRawManifestQuery = z.infer<typeof getRawManifestQuery>;

export const getManifestQuery = z.strictObject({
  ...getRawManifestQuery.shape,
  /** Which child of an index to detail; the first platform when absent. */
  platform: platformParamSchema.optional(),
});
export type GetManifestQuery = z.infer<typeof getManifestQuery>;

export const artifactPlatformSchema = z.strictObject({
  ...platformSchema.shape,
  digest: z.string(),
  /** Config and layers of this platform. */
  sizeBytes: bytesSchema,
  /** Null when the registry does not hold the child. */
  layerCount: countSchema.nullable(),
  user: z.string().nullable(),
  /** Whether layers and config below are of this child. */
  selected: z.boolean(),
  /** False when the index names it and the registry does not have it. */
  present: z.boolean(),
});
export type ArtifactPlatform = z.infer<typeof artifactPlatformSchema>;

export const attestationSchema = z.strictObject({
  digest: z.string(),
  mediaType: z.string(),
  sizeBytes: bytesSchema,
  /** Digest of the image in the index that it speaks of. */
  about: z.string().nullable(),
  predicateTypes: z.array(z.string()),
});
export type Attestation = z.infer<typeof attestationSchema>;

/** A layer, or a step of the build that made none (digest null). */
export const artifactLayerSchema = z.strictObject({
  /** Place among the layers; null for a step without one. */
  ordinal: countSchema.nullable(),
  digest: z.string().nullable(),
  sizeBytes: bytesSchema,
  mediaType: z.string().nullable(),
  createdBy: z.string().nullable(),
  createdAt: timeSchema.nullable(),
  comment: z.string().nullable(),
  emptyLayer: z.boolean(),
  /** Other tags of the registry that hold the layer, counted up to 100. */
  sharedTagCount: countSchema,
  /** Name of the file for artifacts whose layers are files. */
  title: z.string().nullable(),
});
export type ArtifactLayer = z.infer<typeof artifactLayerSchema>;

export const artifactBaseSchema = z.strictObject({
  /** layers: its first layers are those of another image, and its annotations say nothing that fits. */
  source: z.enum(["annotations", "layers"]),
  /** Name and digest as the annotations say. */
  name: z.string().nullable(),
  digest: z.string().nullable(),
  /** So many of the first layers are those of `image`; 0 where that is not known. */
  layerCount: countSchema,
  /** The image in the inventory. */
  image: z
    .strictObject({
      registry: z.string(),
      repository: z.string(),
      /** A tag that stands on it or on an index with it, else its digest. */
      reference: z.string(),
      digest: z.string(),
    })
    .nullable(),
  /** What does not fit together, in a sentence. */
  problem: z.string().nullable(),
});
export type ArtifactBase = z.infer<typeof artifactBaseSchema>;

export const artifactConfigSchema = z.strictObject({
  entrypoint: z.array(z.string()),
  cmd: z.array(z.string()),
  env: z.array(z.string()),
  user: z.string().nullable(),
  ports: z.array(z.string()),
  volumes: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  workingDir: z.string().nullable(),
  stopSignal: z.string().nullable(),
  author: z.string().nullable(),
  created: z.string().nullable(),
});
export type ArtifactConfig = z.infer<typeof artifactConfigSchema>;

export const chartSchema = z.strictObject({
  name: z.string().nullable(),
  version: z.string().nullable(),
  appVersion: z.string().nullable(),
  description: z.string().nullable(),
  apiVersion: z.string().nullable(),
  type: z.string().nullable(),
  kubeVersion: z.string().nullable(),
  home: z.string().nullable(),
  deprecated: z.boolean(),
  keywords: z.array(z.string()),
  sources: z.array(z.string()),
  maintainers: z.array(z.strictObject({ name: z.string(), email: z.string().nullable() })),
  dependencies: z.array(
    z.strictObject({ name: z.string(), version: z.string().nullable(), repository: z.string().nullable() }),
  ),
});
export type Chart = z.infer<typeof chartSchema>;

export const artifactSchema = z.strictObject({
  registry: z.string(),
  repository: z.string(),
  /** As asked for: a tag or a digest. */
  reference: z.string(),
  tag: z.string().nullable(),
  digest: z.string(),
  mediaType: z.string(),
  kind: manifestKindSchema,
  artifactType: z.string().nullable(),
  /** Distinct blobs over all platforms, without attestations. */
  sizeBytes: bytesSchema,
  /** Bytes of the manifest itself. */
  manifestBytes: bytesSchema,
  platforms: z.array(artifactPlatformSchema),
  attestations: z.array(attestationSchema),
  /** Of the selected platform. */
  layers: z.array(artifactLayerSchema),
  /** Of the selected platform; null for what has no image config, or while it cannot be read. */
  config: artifactConfigSchema.nullable(),
  /** Why config or chart is missing although there should be one. */
  configProblem: z.string().nullable(),
  configDigest: z.string().nullable(),
  configMediaType: z.string().nullable(),
  chart: chartSchema.nullable(),
  annotations: z.record(z.string(), z.string()),
  /** Every tag on this digest, at most 500. */
  tags: z.array(z.string()),
  tagCount: countSchema,
  /** Indexes of the repository that this is a child of. */
  parents: z.array(z.strictObject({ digest: z.string(), tags: z.array(z.string()) })),
  /** What it was built on: as its annotations say (org.opencontainers.image.base.*), or as its layers tell. */
  base: artifactBaseSchema.nullable(),
  subject: z.string().nullable(),
  referrerCount: countSchema,
  createdAt: timeSchema.nullable(),
  pushedAt: timeSchema.nullable(),
  lastPulledAt: timeSchema.nullable(),
  firstSeenAt: timeSchema,
  /** When it was deleted or found missing; null while it stands. */
  deletedAt: timeSchema.nullable(),
  protected: z.boolean(),
  registryState: registryStateSchema,
  /** What is asked for in `docker pull`: host, name and reference. */
  pullReference: z.string(),
  /** The body as the registry stores it, byte by byte. */
  raw: z.string(),
});
export type Artifact = z.infer<typeof artifactSchema>;

export const listReferrersQuery = z.strictObject({
  registry: registrySlugSchema,
  repository: repositoryNameSchema,
  digest: digestSchema,
});
export type ListReferrersQuery = z.infer<typeof listReferrersQuery>;

export interface ReferrerNode {
  digest: string;
  mediaType: string;
  artifactType: string | null;
  kind: z.infer<typeof manifestKindSchema>;
  sizeBytes: number;
  annotations: Record<string, string>;
  /** subject: names its subject; index: an attestation inside the index; tag: found by the tag of cosign. */
  via: "subject" | "index" | "tag";
  referrers: ReferrerNode[];
}

export const referrerNodeSchema: z.ZodType<ReferrerNode> = z
  .strictObject({
    digest: z.string(),
    mediaType: z.string(),
    artifactType: z.string().nullable(),
    kind: manifestKindSchema,
    sizeBytes: bytesSchema,
    annotations: z.record(z.string(), z.string()),
    via: z.enum(["subject", "index", "tag"]),
    get referrers() {
      return z.array(referrerNodeSchema);
    },
  })
  .meta({ id: "ReferrerNode" });

export const referrersSchema = z.strictObject({
  digest: z.string(),
  referrers: z.array(referrerNodeSchema),
  /** True when a budget (depth, number, time) ended the tree early. */
  truncated: z.boolean(),
  /** Where they came from, and what this registry cannot tell. */
  note: z.string(),
});
export type Referrers = z.infer<typeof referrersSchema>;

export const manifestDeletionPlanQuery = z.strictObject({
  registry: registrySlugSchema,
  repository: repositoryNameSchema,
  reference: digestSchema,
});
export type ManifestDeletionPlanQuery = z.infer<typeof manifestDeletionPlanQuery>;

export const deleteManifestQuery = z.strictObject({
  ...manifestDeletionPlanQuery.shape,
  /** The name of the repository, typed, for protected ones. */
  confirm: z.string().max(400).optional(),
  /** `tagsFingerprint` of the plan that was decided on: with other tags on the manifest the deletion is refused. */
  tagsFingerprint: z
    .string()
    .regex(/^[0-9a-f]{32}$/, "The fingerprint is that of a deletion plan.")
    .optional(),
});
export type DeleteManifestQuery = z.infer<typeof deleteManifestQuery>;

export const manifestDeletionPlanSchema = z.strictObject({
  registry: z.string(),
  repository: z.string(),
  digest: z.string(),
  sizeBytes: bytesSchema,
  /** Tags that go along, as the registry has them now; at most 100 of them. */
  tags: z.array(z.string()),
  tagCount: countSchema,
  tagsFingerprint: z.string(),
  /** False when the registry did not answer: then they are those of the last look. */
  tagsAsked: z.boolean(),
  /** Indexes that name it: while there are any it is kept. */
  parents: z.array(z.string()),
  /** What names it as subject and would lose it. */
  referrers: z.array(z.string()),
  possible: z.boolean(),
  explanation: z.string(),
  protected: z.boolean(),
  confirm: z.string(),
});
export type ManifestDeletionPlan = z.infer<typeof manifestDeletionPlanSchema>;

export const deleteManifestResultSchema = z.strictObject({
  digest: z.string(),
  tags: z.array(z.string()),
  message: z.string(),
});
export type DeleteManifestResult = z.infer<typeof deleteManifestResultSchema>;
