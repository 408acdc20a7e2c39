import type { TagDeletionPlan } from "#lib/inventory/schema";

export interface DeletionAbility {
  deletion: "on" | "off" | "unknown";
  tagDeletion: "by-name" | "by-digest-only" | "unknown";
}

/** What the last test of the registry found out; unknown where it could not. */
export function readDeletionAbility(capabilities: unknown): DeletionAbility {
  const found = typeof capabilities === "object" && capabilities !== null ? capabilities : {};
  const { deletion, tagDeletion } = found as { deletion?: unknown; tagDeletion?: unknown };
  return {
    deletion: deletion === "on" || deletion === "off" ? deletion : "unknown",
    tagDeletion: tagDeletion === "by-name" || tagDeletion === "by-digest-only" ? tagDeletion : "unknown",
  };
}

export const deletionOffSentence =
  "This registry forbids deletion. For distribution, its operator can switch it on with storage.delete.enabled: true " +
  "in config.yml, or REGISTRY_STORAGE_DELETE_ENABLED=true in its environment, and a restart.";

/** How one tag can be deleted, and the sentences that say what will happen. */
export function planTagDeletion(input: {
  ability: DeletionAbility;
  disconnected: boolean;
  siblingCount: number;
  /** Where the registry keeps to grants: what the caller lacks. */
  missingGrant?: string | null;
}): Pick<TagDeletionPlan, "way" | "explanation" | "freesManifest"> {
  const { ability, disconnected, siblingCount } = input;
  if (disconnected)
    return {
      way: "not-possible",
      explanation: "The registry is disconnected: nothing can be deleted there.",
      freesManifest: false,
    };
  const obstacle = input.missingGrant ?? (ability.deletion === "off" ? deletionOffSentence : null);
  if (obstacle !== null) return { way: "not-possible", explanation: obstacle, freesManifest: false };
  const rest =
    siblingCount === 0
      ? "No other tag holds the manifest: it stays in the registry without a tag until garbage is collected, and can be put back until then."
      : `${siblingCount === 1 ? "One other tag" : `${siblingCount} other tags`} on the same digest will stay.`;
  const freesManifest = siblingCount === 0;
  if (ability.tagDeletion === "by-digest-only")
    return {
      way: "throw-away-manifest",
      explanation: `This registry cannot delete a tag by its name. The tag is moved to an empty manifest of its own, and that manifest is deleted. ${rest}`,
      freesManifest,
    };
  const how =
    ability.tagDeletion === "unknown"
      ? "The registry is asked to delete this one tag by its name. Should it refuse, the tag is moved to an empty manifest of its own, and that manifest is deleted."
      : "The registry deletes this one tag by its name.";
  return {
    way: "by-name",
    explanation: `${how} ${rest}`,
    freesManifest,
  };
}

/** Whether a manifest may go, and what goes with it, in sentences. */
export function planManifestDeletion(input: {
  ability: DeletionAbility;
  disconnected: boolean;
  tagCount: number;
  parentCount: number;
  referrerCount: number;
  missingGrant?: string | null;
}): { possible: boolean; explanation: string } {
  if (input.disconnected)
    return { possible: false, explanation: "The registry is disconnected: nothing can be deleted there." };
  if (input.missingGrant) return { possible: false, explanation: input.missingGrant };
  if (input.parentCount > 0) {
    const indexes = input.parentCount === 1 ? "An index names" : `${input.parentCount} indexes name`;
    return {
      possible: false,
      explanation: `${indexes} this manifest as a part. Without it they would be broken: delete them first.`,
    };
  }
  if (input.ability.deletion === "off") return { possible: false, explanation: deletionOffSentence };
  const tags =
    input.tagCount === 0
      ? "No tag stands on it."
      : `${input.tagCount === 1 ? "One tag goes" : `${input.tagCount} tags go`} along with it.`;
  const referrers =
    input.referrerCount === 0
      ? ""
      : ` ${input.referrerCount === 1 ? "One artifact that refers" : `${input.referrerCount} artifacts that refer`} to it (signatures, attestations) will have no subject.`;
  return {
    possible: true,
    explanation: `The registry deletes the manifest; it cannot be put back. ${tags}${referrers}`,
  };
}

export const throwAwayAnnotation = "dev.wharfinger.throw-away";

/** A manifest that nothing else has: its bytes hold a name that is used once. */
export function prepareThrowAwayManifest(
  tag: string,
  once: string,
  empty: { digest: string; mediaType: string },
) {
  const descriptor = { mediaType: empty.mediaType, digest: empty.digest, size: 2 };
  const body = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "application/vnd.wharfinger.throw-away.v1",
    config: descriptor,
    layers: [descriptor],
    annotations: {
      [throwAwayAnnotation]: once,
      "org.opencontainers.image.description": `Stands for a moment in place of the tag ${tag} while that is deleted.`,
    },
  };
  return { mediaType: body.mediaType, bytes: new TextEncoder().encode(JSON.stringify(body)) };
}
