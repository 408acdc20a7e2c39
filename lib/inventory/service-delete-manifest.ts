import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { findMissingGrant, requireGrant } from "#lib/enforcement/service-deeds";
import { ConflictError, HttpError, NotFoundError } from "#lib/http/errors";
import { enqueueStats } from "#lib/inventory/apply-service";
import { findLiveTags, fingerprintTags, type LiveTags } from "#lib/inventory/live-tags";
import { speakWith } from "#lib/inventory/registry-fault";
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
import { observeTags } from "#lib/inventory/store-apply-tags";
import { insertConsoleMove } from "#lib/inventory/store-console-moves";
import {
  findManifestRow,
  listParentRows,
  listReferrerRows,
  type ManifestRow,
} from "#lib/inventory/store-read-manifests";
import { listTagsOfManifest, loadTagDigests } from "#lib/inventory/store-read-tags";
import { isRegistryError } from "#lib/oci/errors";
import { getRegistryClient } from "#lib/registries/open-client";

const shown = 100;
const everyTag = 1_000_000;
const timeoutMs = 30_000;
const askTimeoutMs = 15_000;

/** What deleting a manifest would take along, before anything is done. */
export async function planDeleteManifest(
  ctx: Context,
  query: ManifestDeletionPlanQuery,
): Promise<ManifestDeletionPlan> {
  const opened = await openRepository(ctx, "manifests.delete", query.registry, query.repository);
  const manifest = await findOrAdopt(opened, query);
  const live = await askForTags(opened, query.reference).catch((error: unknown) => {
    if (error instanceof HttpError) return null;
    throw error;
  });
  return planFor(ctx, opened, manifest, live);
}

/** The tags on the manifest as the registry has them now, or null where it is not to be asked. */
async function askForTags(
  { registry, repository }: OpenedRepository,
  digest: string,
): Promise<LiveTags | null> {
  if (registry.disconnectedAt !== null) return null;
  return speakWith(registry.slug, async () =>
    findLiveTags(await getRegistryClient(registry.id), repository.name, digest, {
      loadKnown: (names) => loadTagDigests(repository.id, names),
      signal: AbortSignal.timeout(askTimeoutMs),
    }),
  );
}

async function planFor(
  ctx: Context,
  opened: OpenedRepository,
  manifest: ManifestRow,
  live: LiveTags | null,
): Promise<ManifestDeletionPlan> {
  const { registry, repository } = opened;
  const [tags, parents, referrers] = await Promise.all([
    live?.tags ?? listTagsOfManifest(manifest.id, everyTag).then(({ names }) => names),
    listParentRows(repository.id, manifest.digest),
    listReferrerRows(repository.id, [manifest.digest], shown),
  ]);
  return {
    registry: registry.slug,
    repository: repository.name,
    digest: manifest.digest,
    sizeBytes: Number(manifest.totalBytes),
    tags: tags.slice(0, shown),
    tagCount: tags.length,
    tagsFingerprint: fingerprintTags(tags),
    tagsAsked: live !== null,
    parents: parents.map((parent) => parent.digest),
    referrers: referrers.map((referrer) => referrer.digest),
    ...planManifestDeletion({
      ability: readDeletionAbility(registry.capabilities),
      disconnected: registry.disconnectedAt !== null,
      tagCount: tags.length,
      parentCount: parents.length,
      referrerCount: referrers.length,
      missingGrant: await findMissingGrant(ctx, registry, repository.name, "delete"),
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
  await requireGrant(ctx, opened.registry, query.repository, "delete");
  const manifest = await findOrAdopt(opened, query);
  const { names: knownTags } = await listTagsOfManifest(manifest.id, everyTag);
  const live = (await askForTags(opened, query.reference)) ?? { tags: knownTags, news: [] };
  const plan = await planFor(ctx, opened, manifest, live);
  if (plan.parents.length > 0) throw new ConflictError(plan.explanation, "needed-by-index");
  requireConfirmation(opened, query.confirm);
  requireSameTags(live, query.tagsFingerprint ?? null, knownTags);
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
    const names = live.tags;
    await withRetry(() =>
      db().$transaction(async (tx) => {
        const repositoryId = Number(opened.repository.id);
        const at = new Date();
        // What the inventory had not seen has its place in the history before it goes.
        await observeTags(
          tx,
          live.news.map((one) => ({ repositoryId, ...one })),
        );
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

/** Nobody deletes what they were not shown: neither the plan's tags nor, without a plan, those of the inventory. */
function requireSameTags(live: LiveTags, fingerprint: string | null, known: readonly string[]): void {
  const isShown =
    fingerprint === null
      ? live.tags.every((tag) => known.includes(tag))
      : fingerprint === fingerprintTags(live.tags);
  if (isShown) return;
  const named = live.tags.slice(0, 10).join(", ");
  const more = live.tags.length > 10 ? ` and ${live.tags.length - 10} more` : "";
  const now = live.tags.length === 0 ? "No tag stands on it now." : `Now it has: ${named}${more}.`;
  throw new ConflictError(
    `The tags on this manifest changed since they were shown, and nothing was deleted. ${now} Look at them and decide again.`,
    "tags-changed",
  );
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
