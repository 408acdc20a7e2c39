import type { Context } from "#lib/auth/context";
import { NotFoundError } from "#lib/http/errors";
import { speakWith } from "#lib/inventory/registry-fault";
import { choosePlatform } from "#lib/inventory/rules-artifact";
import type { GetManifestQuery, GetRawManifestQuery } from "#lib/inventory/schema-artifact";
import { openRepository } from "#lib/inventory/service-access";
import { findManifest } from "#lib/inventory/service-artifact";
import { listChildRows, type ManifestRow } from "#lib/inventory/store-read-manifests";
import { maxConfigBytes } from "#lib/oci/config";
import { getRegistryClient } from "#lib/registries/open-client";

/** Bytes that the digest names, whole. */
export interface RawContent {
  digest: string;
  bytes: Uint8Array;
}

const timeoutMs = 15_000;

/** The body of a manifest as it was read from its registry, byte by byte. */
export async function getRawManifest(ctx: Context, query: GetRawManifestQuery): Promise<RawContent> {
  const opened = await openRepository(ctx, "repositories.read", query.registry, query.repository);
  const { manifest } = await findManifest(opened, query);
  return { digest: manifest.digest, bytes: manifest.body };
}

/** The config that a manifest names, read from its registry now: the inventory keeps what it says, not its bytes. */
export async function getRawConfig(ctx: Context, query: GetManifestQuery): Promise<RawContent> {
  const opened = await openRepository(ctx, "repositories.read", query.registry, query.repository);
  const { manifest } = await findManifest(opened, query);
  const digest = await findConfigDigest(manifest, query.platform);
  if (digest === null) throw new NotFoundError(`${query.repository} has no config under ${query.reference}.`);
  const { registry, repository } = opened;
  const bytes = await speakWith(registry.slug, async () => {
    const client = await getRegistryClient(registry.id);
    const signal = AbortSignal.timeout(timeoutMs);
    return client.getBlob(repository.name, digest, { maxBytes: maxConfigBytes, signal });
  });
  return { digest, bytes };
}

async function findConfigDigest(manifest: ManifestRow, platform: string | undefined): Promise<string | null> {
  if (manifest.kind !== "index") return manifest.configDigest;
  const children = await listChildRows(manifest);
  const chosen = choosePlatform(
    children.filter((child) => child.role === "platform"),
    platform,
  );
  return chosen?.config_digest ?? null;
}
