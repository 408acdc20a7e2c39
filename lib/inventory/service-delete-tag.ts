import { randomUUID } from "node:crypto";
import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { findMissingGrant, requireGrant } from "#lib/enforcement/service-deeds";
import { ConflictError, NotFoundError } from "#lib/http/errors";
import { enqueueStats } from "#lib/inventory/apply-service";
import { speakWith } from "#lib/inventory/registry-fault";
import {
  deletionOffSentence,
  planTagDeletion,
  prepareThrowAwayManifest,
  readDeletionAbility,
} from "#lib/inventory/rules-deletion";
import type {
  DeleteTagQuery,
  DeleteTagResult,
  TagDeletionPlan,
  TagDeletionPlanQuery,
} from "#lib/inventory/schema";
import { isProtected, type OpenedRepository, openRepository } from "#lib/inventory/service-access";
import {
  doOutward,
  findDeletionSwitch,
  requireConfirmation,
  requireConnected,
} from "#lib/inventory/service-outward";
import { placeOf } from "#lib/inventory/service-put-back";
import { markManifestsDeleted } from "#lib/inventory/store-apply-manifests";
import { refreshRepositoryStats } from "#lib/inventory/store-apply-stats";
import { insertConsoleMove } from "#lib/inventory/store-console-moves";
import { findTagRow, listTagsOfManifest } from "#lib/inventory/store-read-tags";
import type { RegistryClient } from "#lib/oci/client";
import { digestOf } from "#lib/oci/digest";
import { isRegistryError } from "#lib/oci/errors";
import { emptyJsonDigest, ociEmpty } from "#lib/oci/media-types";
import { getRegistryClient } from "#lib/registries/open-client";

const shownSiblings = 100;
const checkedSiblings = 20;
const timeoutMs = 30_000;

/** What deleting one tag would do, before anything is done. */
export async function planDeleteTag(ctx: Context, query: TagDeletionPlanQuery): Promise<TagDeletionPlan> {
  const opened = await openRepository(ctx, "tags.delete", query.registry, query.repository);
  const { registry, repository } = opened;
  const tag = await findTagRow(repository.id, query.tag);
  if (!tag) throw missingTag(query);
  const { names, count } = await listTagsOfManifest(tag.manifest_id, shownSiblings + 1);
  return {
    registry: registry.slug,
    repository: repository.name,
    tag: tag.name,
    digest: tag.digest,
    sizeBytes: Number(tag.total_bytes),
    siblings: names.filter((name) => name !== tag.name).slice(0, shownSiblings),
    siblingCount: count - 1,
    ...planTagDeletion({
      ability: readDeletionAbility(registry.capabilities),
      disconnected: registry.disconnectedAt !== null,
      siblingCount: count - 1,
      missingGrant: await findMissingGrant(ctx, registry, repository.name, "delete"),
    }),
    protected: isProtected(registry, repository.name),
    confirm: repository.name,
  };
}

/** Deletes one tag and none of its siblings, also where a registry cannot delete by tag. */
export async function deleteTag(ctx: Context, query: DeleteTagQuery): Promise<DeleteTagResult> {
  const opened = await openRepository(ctx, "tags.delete", query.registry, query.repository);
  requireConnected(opened);
  await requireGrant(ctx, opened.registry, query.repository, "delete");
  requireConfirmation(opened, query.confirm);
  const signal = AbortSignal.timeout(timeoutMs);
  const known = await findTagRow(opened.repository.id, query.tag);
  const askedAt = new Date();
  const standing = await speakWith(query.registry, async () => {
    const client = await getRegistryClient(opened.registry.id);
    return client.findManifestHead(query.repository, query.tag, { signal });
  });
  if (!standing && !known) throw missingTag(query);
  const siblings = known
    ? (await listTagsOfManifest(known.manifest_id, checkedSiblings + 1)).names.filter(
        (name) => name !== query.tag,
      )
    : [];
  const digest = known?.digest ?? standing?.digest ?? "";
  const deed = {
    action: "tag.delete",
    target: `${query.registry}/${query.repository}:${query.tag}`,
    before: { digest, siblings: siblings.slice(0, checkedSiblings) },
  };
  return doOutward(ctx, opened, deed, async (client) => {
    const way = standing ? await removeTag(client, opened, query.tag, signal) : "already-gone";
    const kept = await checkSiblings(client, query.repository, siblings.slice(0, checkedSiblings), signal);
    const manifestStands =
      digest !== "" && (await client.findManifestHead(query.repository, digest, { signal }));
    await withRetry(() =>
      db().$transaction(async (tx) => {
        const repositoryId = Number(opened.repository.id);
        const at = new Date();
        await insertConsoleMove(tx, {
          repositoryId,
          tag: query.tag,
          digest: null,
          at,
          actor: ctx.principal.name,
          from: standing?.digest ? { digest: standing.digest, at: askedAt } : null,
        });
        if (!manifestStands) await markManifestsDeleted(tx, repositoryId, [digest], at);
        await refreshRepositoryStats(tx, [repositoryId]);
        await enqueueStats(tx, opened.registry.id, [repositoryId]);
        await recordAudit(tx, ctx, { ...deed, ...placeOf(opened), after: { way, siblingsKept: kept } });
      }),
    );
    const message =
      way === "already-gone"
        ? `The registry no longer had the tag ${query.tag}; the inventory knows it now.`
        : `The tag ${query.tag} is deleted.${kept.length > 0 ? ` ${kept.length} on the same digest stand as before.` : ""}`;
    return { tag: query.tag, digest, way, siblingsKept: kept, message };
  });
}

async function removeTag(
  client: RegistryClient,
  { registry, repository }: OpenedRepository,
  tag: string,
  signal: AbortSignal,
): Promise<"by-name" | "throw-away-manifest" | "already-gone"> {
  const ability = readDeletionAbility(registry.capabilities);
  if (ability.tagDeletion !== "by-digest-only") {
    try {
      await client.deleteTag(repository.name, tag, { signal });
      await requireGone(client, repository.name, tag, signal);
      return "by-name";
    } catch (error) {
      if (isRegistryError(error, "not-found")) return "already-gone";
      if (!isRegistryError(error, "unsupported")) throw error;
    }
  }
  // Asked first: with deletion off the tag would be left on the throw-away manifest.
  if ((await findDeletionSwitch(client, repository.name)) === "off")
    throw new ConflictError(deletionOffSentence, "deletion-off");
  await throwTagAway(client, repository.name, tag, signal);
  await requireGone(client, repository.name, tag, signal);
  return "throw-away-manifest";
}

/**
 * Deleting by digest takes every tag of the digest, so the tag is first moved to a manifest of its own. One that a
 * crash left there gets a fresh one all the same: an annotation is no proof that no other tag stands on it. When the
 * deletion fails the tag goes back to where it was.
 */
async function throwTagAway(
  client: RegistryClient,
  repository: string,
  tag: string,
  signal: AbortSignal,
): Promise<void> {
  const standing = await client.getManifest(repository, tag, { signal });
  const empty = await client.uploadBlob(repository, new TextEncoder().encode("{}"), { signal });
  const throwAway = prepareThrowAwayManifest(tag, randomUUID(), {
    digest: empty.digest || emptyJsonDigest,
    mediaType: ociEmpty,
  });
  const digest = digestOf(throwAway.bytes);
  await client.putManifest(repository, tag, throwAway, { signal });
  try {
    await client.deleteManifest(repository, digest, { signal });
  } catch (error) {
    if (isRegistryError(error, "not-found")) return;
    await client.putManifest(repository, tag, standing);
    throw error;
  }
}

async function requireGone(
  client: RegistryClient,
  repository: string,
  tag: string,
  signal: AbortSignal,
): Promise<void> {
  const left = await client.findManifestHead(repository, tag, { signal });
  if (left)
    throw new ConflictError(
      `The registry said that it deleted the tag ${tag}, but shows it on ${left.digest ?? "a manifest"} still: somebody may have pushed it again.`,
      "still-there",
    );
}

async function checkSiblings(
  client: RegistryClient,
  repository: string,
  siblings: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const kept: string[] = [];
  for (const sibling of siblings)
    if (await client.findManifestHead(repository, sibling, { signal })) kept.push(sibling);
  return kept;
}

function missingTag(query: TagDeletionPlanQuery): NotFoundError {
  return new NotFoundError(
    `The tag ${query.registry}/${query.repository}:${query.tag} does not exist, or you may not see it.`,
  );
}
