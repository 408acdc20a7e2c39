import type { Context } from "#lib/auth/context";
import { chooseCommonPlatform, diffConfigs, diffLayers, diffPlatforms } from "#lib/compare/rules";
import type { ComparedLayer, ComparedSide, CompareQuery, Comparison } from "#lib/compare/schema";
import { InvalidError, NotFoundError } from "#lib/http/errors";
import { resolveFullReference } from "#lib/inventory/resolve-reference";
import type { PlatformName } from "#lib/inventory/schema";
import { type Artifact, getManifestQuery } from "#lib/inventory/schema-artifact";
import { getArtifact } from "#lib/inventory/service-artifact";

/** Two references side by side, across repositories and registries. */
export async function compareReferences(ctx: Context, query: CompareQuery): Promise<Comparison> {
  const [first, second] = await Promise.all([
    openSide(ctx, query.from, "from"),
    openSide(ctx, query.to, "to"),
  ]);
  const wish = chooseCommonPlatform(platformsOf(first), platformsOf(second), query.platform);
  const [from, to] = await Promise.all([onPlatform(ctx, first, wish), onPlatform(ctx, second, wish)]);
  const notes: string[] = [];
  if (wish === null && (first.platforms.length > 0 || second.platforms.length > 0))
    notes.push("The two have no platform in common: the first of each is compared.");
  for (const side of [from, to])
    if (side.configProblem !== null)
      notes.push(`The config of ${side.pullReference} cannot be read: ${side.configProblem}`);
  return {
    from: toSide(from),
    to: toSide(to),
    identical: from.digest === to.digest,
    layers: diffLayers(layersOf(from), layersOf(to)),
    sizeDeltaBytes: to.sizeBytes - from.sizeBytes,
    ageDeltaMs: from.createdAt && to.createdAt ? Date.parse(to.createdAt) - Date.parse(from.createdAt) : null,
    platforms: diffPlatforms(platformsOf(from), platformsOf(to)),
    config: diffConfigs(from, to),
    notes,
  };
}

async function openSide(ctx: Context, text: string, field: "from" | "to"): Promise<Artifact> {
  const found = await resolveFullReference(ctx, text, field);
  const missing = () => new NotFoundError(`${field}: ${text} does not exist, or you may not see it.`);
  if (!found) throw missing();
  const reference = found.digest ?? found.tag;
  if (found.repository === null || reference === null)
    throw new InvalidError(field, "Say which: registry/repository:tag or registry/repository@digest.");
  return getArtifact(
    ctx,
    getManifestQuery.parse({ registry: found.registry, repository: found.repository, reference }),
  );
}

/** The same artifact with another of its platforms in detail, if it is an index that has it. */
async function onPlatform(ctx: Context, artifact: Artifact, wish: string | null): Promise<Artifact> {
  if (wish === null || artifact.kind !== "index") return artifact;
  return getArtifact(
    ctx,
    getManifestQuery.parse({
      registry: artifact.registry,
      repository: artifact.repository,
      reference: artifact.reference,
      platform: wish,
    }),
  );
}

function platformsOf(artifact: Artifact): PlatformName[] {
  return artifact.platforms.map(({ os, architecture, variant }) => ({ os, architecture, variant }));
}

function layersOf(artifact: Artifact): ComparedLayer[] {
  return artifact.layers.flatMap(({ digest, sizeBytes, createdBy }) =>
    digest === null ? [] : [{ digest, sizeBytes, createdBy }],
  );
}

function toSide(artifact: Artifact): ComparedSide {
  const selected = artifact.platforms.find((platform) => platform.selected);
  return {
    registry: artifact.registry,
    repository: artifact.repository,
    reference: artifact.reference,
    digest: artifact.digest,
    platformDigest: selected?.digest ?? artifact.digest,
    kind: artifact.kind,
    sizeBytes: artifact.sizeBytes,
    platform: selected
      ? { os: selected.os, architecture: selected.architecture, variant: selected.variant }
      : null,
    platforms: platformsOf(artifact),
    createdAt: artifact.createdAt,
    pushedAt: artifact.pushedAt,
  };
}
