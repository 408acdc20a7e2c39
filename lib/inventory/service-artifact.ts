import type { Context } from "#lib/auth/context";
import { evaluateScope } from "#lib/auth/rules";
import { NotFoundError } from "#lib/http/errors";
import { choosePlatform, interleaveHistory, toIsoTime } from "#lib/inventory/rules-artifact";
import type { BaseClaim } from "#lib/inventory/rules-base";
import { toManifestKind } from "#lib/inventory/rules-kind";
import type {
  Artifact,
  ArtifactPlatform,
  Attestation,
  GetManifestQuery,
  GetRawManifestQuery,
} from "#lib/inventory/schema-artifact";
import {
  hostOf,
  isProtected,
  type OpenedRepository,
  openRepository,
  toRegistryState,
} from "#lib/inventory/service-access";
import { adoptManifest } from "#lib/inventory/service-adopt";
import { findBase } from "#lib/inventory/service-base";
import { readConfig } from "#lib/inventory/service-config";
import {
  type ChildRow,
  countReferrers,
  countTagsOfBlobs,
  findManifestRow,
  listBlobRows,
  listChildRows,
  listManifestBodies,
  listParentRows,
  type ManifestRow,
} from "#lib/inventory/store-read-manifests";
import { findTagRow, listTagsOfManifest, type StandingTag } from "#lib/inventory/store-read-tags";
import { isDigest } from "#lib/oci/digest";
import { isRegistryError } from "#lib/oci/errors";
import { type ParsedManifest, parseManifest } from "#lib/oci/manifest";

const shownTags = 500;
const sharedTagCap = 100;

/** One artifact with everything its page shows; throws 404 when neither inventory nor registry has it. */
export async function getArtifact(ctx: Context, query: GetManifestQuery): Promise<Artifact> {
  const opened = await openRepository(ctx, "repositories.read", query.registry, query.repository);
  const { registry, repository } = opened;
  const { manifest, tag } = await findManifest(opened, query);
  const parsed = parseStored(manifest);
  const children = parsed?.kind === "index" ? await listChildRows(manifest) : [];
  const chosen = choosePlatform(
    children.filter((child) => child.role === "platform"),
    query.platform,
  );
  if (query.platform !== undefined && !chosen && parsed?.kind === "index")
    throw new NotFoundError(`This index has no platform ${query.platform}.`);
  const detailed = chosen?.id
    ? { id: chosen.id, kind: chosen.kind ?? "image", configDigest: chosen.config_digest }
    : manifest;
  const scope = evaluateScope(ctx.principal, "repositories.read");
  const [blobs, config, tags, parents, referrerCount, attestations] = await Promise.all([
    listBlobRows(detailed.id),
    readConfig(registry, repository.name, detailed),
    listTagsOfManifest(manifest.id, shownTags),
    listParentRows(repository.id, manifest.digest),
    countReferrers(repository.id, manifest.digest),
    listAttestations(manifest, parsed, children),
  ]);
  const layerRows = blobs.filter((blob) => blob.role === "layer");
  const shared = await countTagsOfBlobs(
    layerRows.map((layer) => layer.blob_id),
    { repositoryId: repository.id, digest: manifest.digest },
    scope,
    sharedTagCap,
  );
  const titles = readTitles(parsed);
  const layers = layerRows.map((layer, ordinal) => ({
    ordinal,
    digest: layer.digest,
    sizeBytes: Number(layer.size_bytes),
    mediaType: layer.media_type,
    title: titles.get(layer.digest) ?? null,
    sharedTagCount: shared.get(layer.blob_id) ?? 0,
  }));
  const base = await findBase({
    claim: readBase(parsed, config.config?.labels ?? {}),
    layers: detailed.kind === "image" ? layers.map((layer) => layer.digest) : [],
    registryId: registry.id,
    scope,
  });
  const configBlob = blobs.find((blob) => blob.role === "config");
  return {
    registry: registry.slug,
    repository: repository.name,
    reference: query.reference,
    tag: isDigest(query.reference) ? null : query.reference,
    digest: manifest.digest,
    mediaType: manifest.mediaType,
    kind: toManifestKind(manifest.kind),
    artifactType: manifest.artifactType,
    sizeBytes: Number(manifest.totalBytes),
    manifestBytes: Number(manifest.sizeBytes),
    platforms: listPlatforms(manifest, children, chosen, layers.length, config.config?.user ?? null),
    attestations,
    layers: interleaveHistory(layers, config.history),
    config: config.config,
    configProblem: config.problem,
    configDigest: configBlob?.digest ?? null,
    configMediaType: configBlob?.media_type ?? null,
    chart: config.chart,
    annotations: toTextMap(manifest.annotations),
    tags: tags.names,
    tagCount: tags.count,
    parents,
    base,
    subject: manifest.subjectDigest,
    referrerCount,
    // An index says nothing of its age: its shown platform does.
    createdAt: manifest.builtAt?.toISOString() ?? toIsoTime(config.config?.created ?? null),
    pushedAt: (tag?.pushed_at ?? manifest.pushedAt)?.toISOString() ?? null,
    lastPulledAt: (tag?.last_pulled_at ?? manifest.lastPulledAt)?.toISOString() ?? null,
    firstSeenAt: manifest.firstSeenAt.toISOString(),
    deletedAt: manifest.deletedAt?.toISOString() ?? null,
    protected: isProtected(registry, repository.name),
    registryState: toRegistryState(registry),
    pullReference: `${hostOf(registry.url)}/${repository.name}${isDigest(query.reference) ? "@" : ":"}${query.reference}`,
    raw: Buffer.from(manifest.body).toString("utf8"),
  };
}

interface FoundManifest {
  manifest: ManifestRow;
  tag: StandingTag | null;
}

/** From the inventory, else from the registry; throws 404 when neither has it. */
export async function findManifest(
  opened: OpenedRepository,
  query: GetRawManifestQuery,
): Promise<FoundManifest> {
  const known = await findStored(opened.repository.id, query.reference);
  if (known && (known.manifest.deletedAt === null || query.deleted === "true")) return known;
  const adopted = known ? false : await adoptManifest(opened, query.reference);
  const found = adopted ? await findStored(opened.repository.id, query.reference) : null;
  if (found) return found;
  const name = `${query.registry}/${query.repository}${isDigest(query.reference) ? "@" : ":"}${query.reference}`;
  throw new NotFoundError(
    known ? `${name} was deleted. Its history is kept.` : `${name} does not exist, or you may not see it.`,
  );
}

async function findStored(repositoryId: bigint, reference: string): Promise<FoundManifest | null> {
  const tag = isDigest(reference) ? null : await findTagRow(repositoryId, reference);
  if (!isDigest(reference) && !tag) return null;
  const manifest = await findManifestRow(repositoryId, tag?.digest ?? reference);
  return manifest ? { manifest, tag } : null;
}

/** What is stored was once readable; a stricter reader of a later version must not break its page. */
function parseStored(manifest: { body: Uint8Array; mediaType: string }): ParsedManifest | null {
  try {
    return parseManifest(manifest.body, manifest.mediaType);
  } catch (error) {
    if (isRegistryError(error)) return null;
    throw error;
  }
}

function listPlatforms(
  manifest: ManifestRow,
  children: readonly ChildRow[],
  chosen: ChildRow | null,
  layerCount: number,
  user: string | null,
): ArtifactPlatform[] {
  const platforms = children.filter((child) => child.role === "platform");
  if (platforms.length > 0)
    return platforms.map((child) => ({
      os: child.os ?? "",
      architecture: child.architecture ?? "",
      variant: child.variant || null,
      digest: child.digest,
      sizeBytes: Number(child.total_bytes ?? 0n),
      layerCount: child.id === null ? null : child.layer_count,
      user: child.run_user || null,
      selected: child === chosen,
      present: child.present,
    }));
  if (manifest.os === null && manifest.architecture === null) return [];
  return [
    {
      os: manifest.os ?? "",
      architecture: manifest.architecture ?? "",
      variant: manifest.variant || null,
      digest: manifest.digest,
      sizeBytes: Number(manifest.totalBytes),
      layerCount,
      user,
      selected: true,
      present: manifest.deletedAt === null,
    },
  ];
}

async function listAttestations(
  manifest: ManifestRow,
  parsed: ParsedManifest | null,
  children: readonly ChildRow[],
): Promise<Attestation[]> {
  const rows = children.filter((child) => child.role === "attestation").slice(0, 50);
  if (rows.length === 0 || parsed?.kind !== "index") return [];
  const bodies = await listManifestBodies(
    manifest.repositoryId,
    rows.map((row) => row.digest),
  );
  const byDigest = new Map(bodies.map((row) => [row.digest, parseStored(row)]));
  return rows.map((row) => {
    const entry = parsed.manifests.find((descriptor) => descriptor.digest === row.digest);
    const body = byDigest.get(row.digest);
    const types =
      body?.kind === "image"
        ? body.layers.map((layer) => layer.annotations["in-toto.io/predicate-type"])
        : [];
    return {
      digest: row.digest,
      mediaType: row.media_type,
      sizeBytes: Number(row.size_bytes),
      about: entry?.annotations["vnd.docker.reference.digest"] ?? null,
      predicateTypes: [...new Set(types.filter((type) => type !== undefined))],
    };
  });
}

function readTitles(parsed: ParsedManifest | null): Map<string, string> {
  const titles = new Map<string, string>();
  if (parsed?.kind !== "image") return titles;
  for (const layer of parsed.layers) {
    const title = layer.annotations["org.opencontainers.image.title"];
    if (title !== undefined) titles.set(layer.digest, title);
  }
  return titles;
}

function readBase(parsed: ParsedManifest | null, labels: Record<string, string>): BaseClaim | null {
  const read = (key: string) => parsed?.annotations[key] ?? labels[key] ?? null;
  const name = read("org.opencontainers.image.base.name");
  const digest = read("org.opencontainers.image.base.digest");
  return name === null && digest === null ? null : { name, digest };
}

export function toTextMap(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
