import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { ConflictError, NotFoundError } from "#lib/http/errors";
import { enqueueStats } from "#lib/inventory/apply-service";
import {
  deletionOffSentence,
  planManifestDeletion,
  readDeletionAbility,
} from "#lib/inventory/rules-deletion";
import type {
  DeleteManifestQuery,
  DeleteManifestResult,
  ManifestDeletionPlan,
  ManifestDeletionPlanQuery,
} from "#lib/inventory/schema-artifact";
import { isProtected, type OpenedRepository, openRepository } from "#lib/inventory/service-access";
import { adoptManifest } from "#lib/inventory/service-adopt";
import { doOutward, requireConfirmation, requireConnected } from "#lib/inventory/service-outward";
import { placeOf } from "#lib/inventory/service-put-back";
import { markManifestsDeleted } from "#lib/inventory/store-apply-manifests";
import { refreshRepositoryStats } from "#lib/inventory/store-apply-stats";
import { insertConsoleMove } from "#lib/inventory/store-console-moves";
import {
  findManifestRow,
  listParentRows,
  listReferrerRows,
  type ManifestRow,
} from "#lib/inventory/store-read-manifests";
import { listTagsOfManifest } from "#lib/inventory/store-read-tags";
import { isRegistryError } from "#lib/oci/errors";

const shown = 100;
const everyTag = 1_000_000;
const timeoutMs = 30_000;

/** What deleting a manifest would take along, before anything is done. */
export async function planDeleteManifest(
  ctx: Context,
  query: ManifestDeletionPlanQuery,
): Promise<ManifestDeletionPlan> {
  const opened = await openRepository(ctx, "manifests.delete", query.registry, query.repository);
  return planFor(opened, await findOrAdopt(opened, query));
}

async function planFor(opened: OpenedRepository, manifest: ManifestRow): Promise<ManifestDeletionPlan> {
  const { registry, repository } = opened;
  const [tags, parents, referrers] = await Promise.all([
    listTagsOfManifest(manifest.id, shown),
    listParentRows(repository.id, manifest.digest),
    listReferrerRows(repository.id, [manifest.digest], shown),
  ]);
  return {
    registry: registry.slug,
    repository: repository.name,
    digest: manifest.digest,
    sizeBytes: Number(manifest.totalBytes),
    tags: tags.names,
    tagCount: tags.count,
    parents: parents.map((parent) => parent.digest),
    referrers: referrers.map((referrer) => referrer.digest),
    ...planManifestDeletion({
      ability: readDeletionAbility(registry.capabilities),
      disconnected: registry.disconnectedAt !== null,
      tagCount: tags.count,
      parentCount: parents.length,
      referrerCount: referrers.length,
    }),
    protected: isProtected(registry, repository.name),
    confirm: repository.name,
  };
}

/** Deletes a manifest and with it its tags; one that an index needs is kept. */
export async function deleteManifest(
  ctx: Context,
  query: DeleteManifestQuery,
): Promise<DeleteManifestResult> {
  const opened = await openRepository(ctx, "manifests.delete", query.registry, query.repository);
  requireConnected(opened);
  const manifest = await findOrAdopt(opened, query);
  const plan = await planFor(opened, manifest);
  if (plan.parents.length > 0) throw new ConflictError(plan.explanation, "needed-by-index");
  requireConfirmation(opened, query.confirm);
  const deed = {
    action: "manifest.delete",
    target: `${query.registry}/${query.repository}@${query.reference}`,
    before: { tags: plan.tags, tagCount: plan.tagCount, referrers: plan.referrers },
  };
  return doOutward(ctx, opened, deed, async (client) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      await client.deleteManifest(query.repository, query.reference, { signal });
    } catch (error) {
      if (isRegistryError(error, "unsupported")) throw new ConflictError(deletionOffSentence, "deletion-off");
      if (!isRegistryError(error, "not-found")) throw error;
    }
    if (await client.findManifestHead(query.repository, query.reference, { signal }))
      throw new ConflictError(
        "The registry said that it deleted the manifest, but has it still.",
        "still-there",
      );
    const { names } = await listTagsOfManifest(manifest.id, everyTag);
    await withRetry(() =>
      db().$transaction(async (tx) => {
        const repositoryId = Number(opened.repository.id);
        const at = new Date();
        for (const tag of names)
          await insertConsoleMove(tx, { repositoryId, tag, digest: null, at, actor: ctx.principal.name });
        await markManifestsDeleted(tx, repositoryId, [query.reference], at);
        await refreshRepositoryStats(tx, [repositoryId]);
        await enqueueStats(tx, opened.registry.id, [repositoryId]);
        await recordAudit(tx, ctx, { ...deed, ...placeOf(opened), after: { tagCount: names.length } });
      }),
    );
    const along =
      names.length === 0 ? "" : ` ${names.length === 1 ? "One tag" : `${names.length} tags`} went along.`;
    return {
      digest: query.reference,
      tags: names.slice(0, shown),
      message: `The manifest is deleted.${along}`,
    };
  });
}

async function findOrAdopt(opened: OpenedRepository, query: ManifestDeletionPlanQuery): Promise<ManifestRow> {
  const known = await findManifestRow(opened.repository.id, query.reference);
  if (known && known.deletedAt === null) return known;
  const adopted = await adoptManifest(opened, query.reference);
  const found = adopted ? await findManifestRow(opened.repository.id, query.reference) : null;
  if (found) return found;
  throw new NotFoundError(
    `The manifest ${query.registry}/${query.repository}@${query.reference} does not exist, or you may not see it.`,
  );
}
