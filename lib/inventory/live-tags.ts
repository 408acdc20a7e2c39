import { createHash } from "node:crypto";
import type { RegistryClient } from "#lib/oci/client";
import { isRegistryError } from "#lib/oci/errors";

export interface LiveTags {
  /** Tags that stand on the digest, sorted. */
  tags: string[];
  /** What the answers say of tags that the inventory has otherwise: on the digest, or gone. */
  news: { name: string; digest: string | null; at: Date }[];
}

/** So many tags are looked at one by one: first those that the inventory does not know. */
const maxHeads = 300;
const lanes = 8;

/**
 * The tags on a digest as the registry has them now, also those that were pushed a moment ago and that no crawl has
 * seen. `known` is what the inventory has of the repository's tags; beyond the bound it is believed.
 */
export async function findLiveTags(
  client: RegistryClient,
  repository: string,
  digest: string,
  options: { loadKnown(names: readonly string[]): Promise<Map<string, string>>; signal: AbortSignal },
): Promise<LiveTags> {
  const { signal } = options;
  const listed = await listTagsIfAny(client, repository, signal);
  const known = await options.loadKnown(listed);
  const rank = (name: string) => (known.has(name) ? (known.get(name) === digest ? 1 : 2) : 0);
  const order = [...listed].sort((a, b) => rank(a) - rank(b));
  const found: LiveTags = {
    tags: order.slice(maxHeads).filter((name) => known.get(name) === digest),
    news: [],
  };
  let next = 0;
  const lane = async () => {
    for (let name = order[next++]; name !== undefined && next <= maxHeads; name = order[next++]) {
      const at = new Date();
      const head = await client.findManifestHead(repository, name, { signal });
      // A registry that names no digest leaves what is known.
      const stands = head !== null && (head.digest ?? known.get(name)) === digest;
      if (stands) found.tags.push(name);
      if (stands && known.get(name) !== digest) found.news.push({ name, digest, at });
      if (head === null && known.has(name)) found.news.push({ name, digest: null, at });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  found.tags.sort();
  return found;
}

async function listTagsIfAny(
  client: RegistryClient,
  repository: string,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    return (await client.listTags(repository, { signal })).tags;
  } catch (error) {
    if (isRegistryError(error, "not-found")) return [];
    throw error;
  }
}

/** Stands for a list of tags, so that a deed can say which list it was decided on. */
export function fingerprintTags(tags: readonly string[]): string {
  return createHash("sha256")
    .update([...tags].sort().join("\n"))
    .digest("hex")
    .slice(0, 32);
}
