import { db, type Tx } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { planTagMoves, type ToldMove } from "#lib/inventory/plan-tag-moves";
import {
  listTagsOfDigests,
  loadDeletions,
  loadMoves,
  type PullRow,
  type PushRow,
  recordManifestPushes,
  recordPulls,
  recordUse,
  writeMovePlans,
} from "#lib/inventory/store-apply-events";
import { markManifestsDeleted } from "#lib/inventory/store-apply-manifests";
import {
  insertRepositories,
  listRepositoryIds,
  markRepositoriesPresent,
  refreshRegistryStats,
} from "#lib/inventory/store-apply-stats";
import { refreshTags, type TagKey } from "#lib/inventory/store-apply-tags";
import { enqueue } from "#lib/jobs/service";

/** What a registry told, as far as the inventory is concerned. */
export interface ToldEvent {
  eventId: string;
  action: "push" | "pull" | "delete";
  repository: string;
  tag: string | null;
  digest: string | null;
  actor: string | null;
  /** By the registry's clock, made plausible. */
  at: Date;
  /** True when the last look at the registry was after it: what it tells may be over already. */
  late: boolean;
}

const statsDelayMs = 1_000;
const registryStatsDelayMs = 5_000;
/** Sums of a large registry take seconds: they wait so many times longer than they took, and no busy registry costs more. */
const registryStatsRest = 30;
const registryStatsTookMs = new Map<number, number>();

/**
 * Takes events into the inventory, in one transaction with whatever marks them as done. Order and repetition change
 * nothing in the end. A manifest that is not known yet is fetched by a job, and its tag row follows then.
 */
export async function applyEvents(tx: Tx, registryId: number, events: readonly ToldEvent[]): Promise<void> {
  const names = [...new Set(events.map((event) => event.repository))];
  const pushed = [
    ...new Set(events.filter(({ action }) => action === "push").map((event) => event.repository)),
  ];
  await insertRepositories(tx, registryId, pushed);
  await markRepositoriesPresent(tx, registryId, pushed);
  const ids = new Map((await listRepositoryIds(tx, registryId, names)).map((row) => [row.name, row.id]));
  const known = events.flatMap((event) => {
    const repositoryId = ids.get(event.repository);
    return repositoryId === undefined ? [] : [{ ...event, repositoryId }];
  });
  const pulls = known.filter((event) => event.action === "pull");
  await recordPulls(tx, pulls satisfies PullRow[]);
  await recordUse(tx, known.filter(isUse));
  const changes = known.filter((event) => event.action !== "pull");
  if (changes.length === 0) return;

  const pushes = changes.flatMap((event): PushRow[] =>
    event.action === "push" && event.digest !== null ? [{ ...event, digest: event.digest }] : [],
  );
  const stored = await recordManifestPushes(tx, pushes);
  const deletions = changes.filter(
    (event) => event.action === "delete" && event.digest !== null && event.tag === null,
  );
  for (const event of deletions)
    await markManifestsDeleted(tx, event.repositoryId, event.digest === null ? [] : [event.digest], event.at);
  const keys = await replayTags(tx, registryId, changes);
  await refreshTags(tx, keys);
  await enqueueFollowing(tx, registryId, changes, stored);
}

/** Reads of manifests and pushes of tags; a push without a tag belongs to one with. */
function isUse<T extends ToldEvent>(event: T): event is T & { action: "pull" | "push" } {
  return event.action === "pull" || (event.action === "push" && event.tag !== null);
}

type Change = ToldEvent & { repositoryId: number };

/** Brings the histories of all tags that are concerned to what is known now. */
async function replayTags(tx: Tx, registryId: number, changes: readonly Change[]): Promise<TagKey[]> {
  const told = new Map<string, TagKey & { from: Date; told: ToldMove[] }>();
  const open = (key: TagKey, at: Date) => {
    const id = `${key.repositoryId} ${key.name}`;
    const found = told.get(id) ?? { ...key, from: at, told: [] };
    if (at < found.from) found.from = at;
    told.set(id, found);
    return found;
  };
  for (const change of changes) {
    if (change.tag === null) continue;
    const digest = change.action === "push" ? change.digest : null;
    if (change.action === "push" && digest === null) continue;
    const { repositoryId, tag: name, at, eventId, actor } = change;
    open({ repositoryId, name }, at).told.push({ digest, at, eventId, actor });
  }
  const deleted = changes.filter((change) => change.action === "delete" && change.tag === null);
  for (const { repositoryId, digest, at } of deleted) {
    if (digest === null) continue;
    for (const key of await listTagsOfDigests(tx, [{ repositoryId, digest }])) open(key, at);
  }
  const keys = [...told.values()];
  const histories = await loadMoves(tx, keys);
  const deletions = await loadDeletions(tx, registryId, listDigests(keys, histories, namesOf(changes)));
  const plans = histories.map((history) => {
    const entry = told.get(`${history.repositoryId} ${history.name}`);
    const from = Math.min(
      entry?.from.getTime() ?? 0,
      history.moves[1]?.at.getTime() ?? Number.POSITIVE_INFINITY,
    );
    // Deletions from before the window are part of what stands already.
    const mine = deletions.filter(
      (row) => row.repositoryId === history.repositoryId && row.at.getTime() >= from,
    );
    return { ...history, plan: planTagMoves(history.moves, entry?.told ?? [], mine) };
  });
  await writeMovePlans(tx, plans);
  return keys;
}

function namesOf(changes: readonly Change[]): Map<number, string> {
  return new Map(changes.map((change) => [change.repositoryId, change.repository]));
}

/** Every digest that one of the tags stands on in its window: a deletion of it may concern the tag. */
function listDigests(
  keys: readonly (TagKey & { told: ToldMove[] })[],
  histories: readonly (TagKey & { moves: { digest: string | null }[] })[],
  names: ReadonlyMap<number, string>,
): { repositoryId: number; name: string; digest: string }[] {
  const found = new Map<string, { repositoryId: number; name: string; digest: string }>();
  const add = (repositoryId: number, digest: string | null) => {
    const name = names.get(repositoryId);
    if (digest !== null && name !== undefined)
      found.set(`${repositoryId} ${digest}`, { repositoryId, name, digest });
  };
  for (const key of keys) for (const move of key.told) add(key.repositoryId, move.digest);
  for (const history of histories) for (const move of history.moves) add(history.repositoryId, move.digest);
  return [...found.values()];
}

/** Jobs for what needs the registry, or is counted together: each wish once, however many events want it. */
async function enqueueFollowing(
  tx: Tx,
  registryId: number,
  changes: readonly Change[],
  stored: ReadonlySet<string>,
): Promise<void> {
  for (const change of changes) {
    const { repositoryId, repository, digest, tag } = change;
    const known = digest !== null && stored.has(`${repositoryId} ${digest}`);
    if (change.action === "push" && digest !== null && !known)
      await enqueue(
        tx,
        "inventory.fetch-manifest",
        { registryId, repositoryId, repository, digest, tag, pushedAt: change.at.toISOString() },
        { jobKey: `fetch:${repositoryId}:${digest}:${tag ?? ""}`, maxAttempts: 12 },
      );
    else if (change.late && tag !== null)
      await enqueue(
        tx,
        "inventory.observe-tag",
        { registryId, repositoryId, repository, tag },
        { jobKey: `observe:${repositoryId}:${tag}`, maxAttempts: 8 },
      );
    if (change.action === "delete" && digest === null && tag === null)
      await enqueue(
        tx,
        "inventory.observe-repository",
        { registryId, repository },
        { jobKey: `repository:${repositoryId}` },
      );
  }
  await enqueueStats(tx, registryId, [...new Set(changes.map((change) => change.repositoryId))]);
}

/** Has sums counted anew soon: a burst of changes is counted once. */
export async function enqueueStats(
  tx: Tx,
  registryId: number,
  repositoryIds: readonly number[],
): Promise<void> {
  const now = Date.now();
  for (const repositoryId of repositoryIds)
    await enqueue(
      tx,
      "inventory.refresh-repository",
      { repositoryId },
      { jobKey: `stats:${repositoryId}`, runAt: new Date(now + statsDelayMs), keepsRunAt: true },
    );
  const tookMs = registryStatsTookMs.get(registryId) ?? 0;
  const runAt = new Date(now + Math.max(registryStatsDelayMs, tookMs * registryStatsRest));
  await enqueue(
    tx,
    "inventory.refresh-registry",
    { registryId },
    { jobKey: `registry-stats:${registryId}`, runAt, keepsRunAt: true },
  );
}

export async function refreshRegistry(registryId: number): Promise<void> {
  const beganAt = performance.now();
  await withRetry(() => refreshRegistryStats(db(), registryId));
  registryStatsTookMs.set(registryId, performance.now() - beganAt);
}
