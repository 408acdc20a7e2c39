import { db } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { enqueueStats } from "#lib/inventory/apply-service";
import { prepareConfig } from "#lib/inventory/prepare-config";
import { type PreparedManifest, prepareManifest } from "#lib/inventory/prepare-manifest";
import { type ConfigToStore, insertConfigs, insertManifests } from "#lib/inventory/store-apply-manifests";
import { observeTags, refreshTags } from "#lib/inventory/store-apply-tags";
import { listStoredConfigs, listStoredManifests } from "#lib/inventory/store-crawl";
import { log } from "#lib/log/log";
import type { RegistryClient } from "#lib/oci/client";
import { isRegistryError } from "#lib/oci/errors";
import { getRegistryClient } from "#lib/registries/open-client";

export interface ManifestPlace {
  registryId: number;
  repositoryId: number;
  repository: string;
}

const maxChildren = 500;

/** Fetches a manifest that an event told of, with its children and configs, and lets the tag row follow. */
export async function fetchToldManifest(
  place: ManifestPlace,
  told: { digest: string; tag: string | null; pushedAt: Date },
): Promise<void> {
  const client = await getRegistryClient(place.registryId);
  const manifests = await fetchTree(client, place, told.digest, told.tag);
  if (manifests === null) {
    // It is gone again already: what the tag stands on now is what counts.
    if (told.tag !== null) await observeTag(place, told.tag);
    return;
  }
  await storeTree(client, place, manifests, told);
}

/** Looks where a tag stands now, and takes that in. */
export async function observeTag(place: ManifestPlace, tag: string): Promise<void> {
  const client = await getRegistryClient(place.registryId);
  const at = new Date();
  const head = await client.findManifestHead(place.repository, tag);
  const digest =
    head === null ? null : (head.digest ?? (await client.getManifest(place.repository, tag)).digest);
  const manifests = digest === null ? [] : await fetchTree(client, place, digest, tag);
  if (manifests === null) return;
  await storeTree(client, place, manifests, null);
  await db().$transaction(async (tx) => {
    await observeTags(tx, [{ repositoryId: place.repositoryId, name: tag, digest, at }]);
    await enqueueStats(tx, place.registryId, [place.repositoryId]);
  });
}

/** The manifest and what it names that is not stored yet, children first. Null when the registry does not have it. */
async function fetchTree(
  client: RegistryClient,
  place: ManifestPlace,
  digest: string,
  tag: string | null,
): Promise<PreparedManifest[] | null> {
  const stored = await listStoredManifests(place.repositoryId, [digest]);
  if (stored.has(digest)) return [];
  const root = await fetchOne(client, place, digest, tag);
  if (root === null) return null;
  const found = [root];
  let level = [root];
  for (let depth = 0; depth < 3 && level.length > 0; depth++) {
    const wanted = level.flatMap((manifest) => manifest.children.map((child) => child.digest));
    const have = await listStoredManifests(place.repositoryId, wanted);
    for (const manifest of found) have.add(manifest.digest);
    const missing = [...new Set(wanted)].filter((child) => !have.has(child)).slice(0, maxChildren);
    const fetched = await Promise.all(missing.map((child) => fetchOne(client, place, child, null)));
    level = fetched.filter((manifest) => manifest !== null);
    found.unshift(...level);
  }
  return found;
}

async function fetchOne(
  client: RegistryClient,
  place: ManifestPlace,
  digest: string,
  tag: string | null,
): Promise<PreparedManifest | null> {
  try {
    return prepareManifest(await client.getManifest(place.repository, digest), tag ?? undefined);
  } catch (error) {
    if (isRegistryError(error, "not-found")) return null;
    throw error;
  }
}

async function storeTree(
  client: RegistryClient,
  place: ManifestPlace,
  manifests: readonly PreparedManifest[],
  told: { digest: string; tag: string | null; pushedAt: Date } | null,
): Promise<void> {
  const configs = await fetchConfigs(client, place, manifests);
  await withRetry(() =>
    db().$transaction(async (tx) => {
      await insertManifests(
        tx,
        place.registryId,
        manifests.map((manifest) => ({
          ...manifest,
          repositoryId: place.repositoryId,
          pushedAt: manifest.digest === told?.digest ? told.pushedAt : null,
        })),
      );
      await insertConfigs(tx, configs);
      if (told?.tag) await refreshTags(tx, [{ repositoryId: place.repositoryId, name: told.tag }]);
      if (manifests.length > 0) await enqueueStats(tx, place.registryId, [place.repositoryId]);
    }),
  );
}

async function fetchConfigs(
  client: RegistryClient,
  place: ManifestPlace,
  manifests: readonly PreparedManifest[],
): Promise<ConfigToStore[]> {
  const wanted = new Set<string>();
  for (const { kind, configDigest } of manifests)
    if (configDigest !== null && (kind === "image" || kind === "helm-chart")) wanted.add(configDigest);
  const stored = await listStoredConfigs([...wanted]);
  const configs: ConfigToStore[] = [];
  for (const digest of wanted) {
    if (stored.has(digest)) continue;
    try {
      configs.push(prepareConfig(digest, await client.getBlob(place.repository, digest)));
    } catch (error) {
      // The list works without it, and the next full run tries again.
      if (!isRegistryError(error)) throw error;
      log.warn({ registryId: place.registryId, kind: error.kind }, "an image config could not be read");
    }
  }
  return configs;
}
