import { db } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { enqueueStats } from "#lib/inventory/apply-service";
import { prepareConfig } from "#lib/inventory/prepare-config";
import { prepareManifest } from "#lib/inventory/prepare-manifest";
import { speakWith } from "#lib/inventory/registry-fault";
import type { OpenedRepository } from "#lib/inventory/service-access";
import { type ConfigToStore, insertConfigs, insertManifests } from "#lib/inventory/store-apply-manifests";
import { refreshRepositoryStats } from "#lib/inventory/store-apply-stats";
import { observeTags } from "#lib/inventory/store-apply-tags";
import type { RegistryClient } from "#lib/oci/client";
import { maxConfigBytes } from "#lib/oci/config";
import { isDigest } from "#lib/oci/digest";
import { isRegistryError } from "#lib/oci/errors";
import type { FetchedManifest } from "#lib/oci/manifests";
import { getRegistryClient } from "#lib/registries/open-client";

const timeoutMs = 10_000;
const maxManifests = 64;

/** Asks the registry for a manifest that the inventory does not have, and keeps it. False when it has none either. */
export async function adoptManifest(opened: OpenedRepository, reference: string): Promise<boolean> {
  const { registry, repository } = opened;
  if (registry.disconnectedAt !== null) return false;
  const askedAt = new Date();
  const { fetched, configs } = await speakWith(registry.slug, async () => {
    const client = await getRegistryClient(registry.id);
    const signal = AbortSignal.timeout(timeoutMs);
    const tree = await fetchTree(client, repository.name, reference, signal);
    return { fetched: tree, configs: await fetchConfigs(client, repository.name, tree, signal) };
  });
  const root = fetched[0];
  if (!root) return false;
  await storeFetched(opened, fetched, async (tx, repositoryId) => {
    await insertConfigs(tx, configs);
    if (!isDigest(reference))
      await observeTags(tx, [{ repositoryId, name: reference, digest: root.digest, at: askedAt }]);
  });
  return true;
}

/** Writes manifests that were fetched, with whatever else belongs into the same transaction. */
export async function storeFetched(
  { registry, repository }: OpenedRepository,
  fetched: readonly FetchedManifest[],
  more: (tx: Parameters<typeof insertManifests>[0], repositoryId: number) => Promise<void>,
): Promise<void> {
  const repositoryId = Number(repository.id);
  await withRetry(() =>
    db().$transaction(async (tx) => {
      const rows = fetched.map((manifest) => ({ ...prepareManifest(manifest), repositoryId }));
      await insertManifests(tx, registry.id, rows);
      await more(tx, repositoryId);
      await refreshRepositoryStats(tx, [repositoryId]);
      await enqueueStats(tx, registry.id, [repositoryId]);
    }),
  );
}

/** A manifest and, of an index, the children that the registry holds, to a depth of two; empty when it has none. */
export async function fetchTree(
  client: RegistryClient,
  repository: string,
  reference: string,
  signal: AbortSignal,
): Promise<FetchedManifest[]> {
  const root = await fetchIfThere(client, repository, reference, signal);
  if (!root) return [];
  const found = new Map([[root.digest, root]]);
  let level = [root];
  for (let depth = 0; depth < 2 && level.length > 0; depth++) {
    const next: FetchedManifest[] = [];
    for (const { parsed } of level) {
      if (parsed.kind !== "index") continue;
      for (const { digest } of parsed.manifests) {
        if (found.has(digest) || found.size >= maxManifests) continue;
        const child = await fetchIfThere(client, repository, digest, signal);
        if (!child) continue;
        found.set(digest, child);
        next.push(child);
      }
    }
    level = next;
  }
  return [...found.values()];
}

/** Configs of the images and charts among them; one that cannot be had or read is left for its page to explain. */
async function fetchConfigs(
  client: RegistryClient,
  repository: string,
  fetched: readonly FetchedManifest[],
  signal: AbortSignal,
): Promise<ConfigToStore[]> {
  const configs = new Map<string, ConfigToStore>();
  for (const { parsed } of fetched) {
    if (parsed.kind !== "image") continue;
    if (parsed.artifactKind !== "image" && parsed.artifactKind !== "helm-chart") continue;
    const { digest } = parsed.config;
    if (configs.has(digest)) continue;
    try {
      const bytes = await client.getBlob(repository, digest, { maxBytes: maxConfigBytes, signal });
      configs.set(digest, prepareConfig(digest, bytes));
    } catch (error) {
      if (!isRegistryError(error)) throw error;
    }
  }
  return [...configs.values()];
}

async function fetchIfThere(
  client: RegistryClient,
  repository: string,
  reference: string,
  signal: AbortSignal,
): Promise<FetchedManifest | null> {
  try {
    return await client.getManifest(repository, reference, { signal });
  } catch (error) {
    if (isRegistryError(error, "not-found")) return null;
    throw error;
  }
}
