import type { Scope } from "#lib/auth/rules";
import { listPrefixHashes } from "#lib/inventory/layer-prefix";
import { type BaseClaim, type BaseFound, evaluateBase } from "#lib/inventory/rules-base";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { type BaseRow, findImageByDigest, findImageByLayers } from "#lib/inventory/store-read-bases";
import { isDigest } from "#lib/oci/digest";

/** What an image is built on, as it says itself or as its layers tell; only of what the caller may see. */
export async function findBase(input: {
  claim: BaseClaim | null;
  /** Digests of the layers, the first one first. */
  layers: readonly string[];
  registryId: number;
  scope: Scope;
}): Promise<Artifact["base"]> {
  const { claim, layers, registryId, scope } = input;
  const prefixes = listPrefixHashes(layers);
  const countOf = new Map(prefixes.map(({ hash, layerCount }) => [hash, layerCount]));
  const toFound = (row: BaseRow | null): BaseFound | null =>
    row && {
      layerCount: Math.max(0, ...row.hashes.map((hash) => countOf.get(hash) ?? 0)),
      image: {
        registry: row.registry,
        repository: row.repository,
        reference: row.tag ?? row.digest,
        digest: row.digest,
      },
    };
  const claimedDigest = claim?.digest && isDigest(claim.digest) ? claim.digest : null;
  const [claimed, byLayers] = await Promise.all([
    claimedDigest === null ? null : findImageByDigest(claimedDigest, registryId, scope),
    findImageByLayers(
      prefixes.map(({ hash }) => hash),
      registryId,
      scope,
    ),
  ]);
  return evaluateBase({ claim, claimed: toFound(claimed), byLayers: toFound(byLayers) });
}
