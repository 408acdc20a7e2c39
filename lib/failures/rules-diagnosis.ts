import leven from "leven";
import type { FailureCause } from "#lib/failures/schema";

/** What the inventory knows of an image that could not be pulled. */
export interface KnownImage {
  registry: string;
  repository: string;
  /** Tag or digest; null where only the repository is known. */
  reference: string | null;
  /** Whether the inventory has the repository. */
  repositoryKnown: boolean;
  /** The tag or digest stands in the registry, as far as we know. */
  stands: boolean;
  /** The last move of the tag took it away. */
  deletion: {
    at: Date;
    actor: string | null;
    isExact: boolean;
    digest: string | null;
    canBePutBack: boolean;
  } | null;
  /** `linux/arm64` and so on. */
  platforms: readonly string[];
  /** Tags that stand, the newest first. */
  tags: readonly string[];
}

const nearestCount = 5;

/** `not-found` says no more than the registry did: what we know says which. */
export function refineCause(cause: FailureCause, known: KnownImage | null): FailureCause {
  if (cause !== "not-found" || !known?.repositoryKnown || known.stands) return cause;
  if (known.deletion !== null) return "tag-deleted";
  return known.reference === null || known.reference.includes(":") ? cause : "tag-never-existed";
}

/** Tags that stand and are written most like the wanted one; equally near ones stay newest first. */
export function rankNearestTags(wanted: string, tags: readonly string[]): string[] {
  const plain = (tag: string) => tag.toLowerCase().replace(/^v(?=\d)/, "");
  return tags
    .map((tag, index) => ({ tag, index, distance: leven(plain(wanted), plain(tag), { maxDistance: 40 }) }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .slice(0, nearestCount)
    .map(({ tag }) => tag);
}
