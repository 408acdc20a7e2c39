import { db } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { prepareConfig } from "#lib/inventory/prepare-config";
import { toArtifactConfig, toChart } from "#lib/inventory/rules-artifact";
import type { ArtifactConfig, Chart } from "#lib/inventory/schema-artifact";
import { insertConfigs } from "#lib/inventory/store-apply-manifests";
import { findConfigBody } from "#lib/inventory/store-read-manifests";
import type { RegistryRow } from "#lib/inventory/store-read-registries";
import { type HistoryEntry, maxConfigBytes, parseImageConfig } from "#lib/oci/config";
import { isRegistryError } from "#lib/oci/errors";
import { getRegistryClient } from "#lib/registries/open-client";

export interface ReadConfig {
  config: ArtifactConfig | null;
  chart: Chart | null;
  history: HistoryEntry[];
  problem: string | null;
}

const nothing: ReadConfig = { config: null, chart: null, history: [], problem: null };
const fetchTimeoutMs = 8_000;

/**
 * The config of an image or chart: from the store, else fetched once from its registry and kept. A registry that is
 * away, or a config that cannot be read, is a problem to show beside the rest, not a failure of the page.
 */
export async function readConfig(
  registry: RegistryRow,
  repository: string,
  manifest: { kind: string; configDigest: string | null },
): Promise<ReadConfig> {
  const { kind, configDigest } = manifest;
  if (configDigest === null || (kind !== "image" && kind !== "helm-chart")) return nothing;
  try {
    const body =
      (await findConfigBody(configDigest)) ?? (await fetchConfig(registry, repository, configDigest));
    if (kind === "helm-chart") return { ...nothing, chart: toChart(body) };
    const config = parseImageConfig(Buffer.from(JSON.stringify(body)));
    return { ...nothing, config: toArtifactConfig(config), history: config.history };
  } catch (error) {
    if (isRegistryError(error)) return { ...nothing, problem: error.message };
    throw error;
  }
}

async function fetchConfig(registry: RegistryRow, repository: string, digest: string): Promise<unknown> {
  const client = await getRegistryClient(registry.id);
  const bytes = await client.getBlob(repository, digest, {
    maxBytes: maxConfigBytes,
    signal: AbortSignal.timeout(fetchTimeoutMs),
  });
  const config = prepareConfig(digest, bytes);
  await withRetry(() => db().$transaction((tx) => insertConfigs(tx, [config])));
  return JSON.parse(config.body);
}
