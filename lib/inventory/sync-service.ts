import { recordAudit } from "#lib/audit/service";
import { authorize } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { isPermitted } from "#lib/auth/rules";
import { type Db, db, type Tx } from "#lib/db/client";
import { ConflictError, InvalidError } from "#lib/http/errors";
import type { StartSyncBody, Sync } from "#lib/inventory/schema-sync";
import {
  findLatestRun,
  insertRun,
  listLatestRuns,
  requestStop,
  requeueRun,
  type SyncRunRow,
} from "#lib/inventory/store-sync";
import { enqueue } from "#lib/jobs/service";
import { getVisibleRegistry } from "#lib/registries/connection-service";

const active = new Set(["queued", "running", "stopping"]);

/**
 * Begins a run in the background, or goes on with one that was stopped. While one is under way it is the answer: two
 * wishes are one run.
 */
export async function startSync(ctx: Context, slug: string, body: StartSyncBody): Promise<Sync> {
  const registry = await getVisibleRegistry(ctx, slug);
  const repository = body.repository ?? null;
  const target = repository === null ? { registryId: registry.id } : { registryId: registry.id, repository };
  authorize(ctx, "registries.sync", target, "This registry");
  const kind = body.kind ?? (repository === null ? "full" : "repository");
  if ((kind === "repository") !== (repository !== null))
    throw new InvalidError("repository", "A run of one repository, and only that, names it.");
  if (registry.disconnectedAt)
    throw new ConflictError(
      "This registry is disconnected. Connect it again first.",
      "registry-disconnected",
    );
  return db().$transaction(async (tx) => {
    const { run, begun } = await queueRun(tx, {
      registryId: registry.id,
      kind,
      repository,
      requestedBy: ctx.principal.name,
    });
    if (begun)
      await recordAudit(tx, ctx, {
        action: "registry.sync",
        target: repository === null ? slug : `${slug}/${repository}`,
        registryId: registry.id,
        ...(repository === null ? {} : { repository }),
        after: { kind },
      });
    return prepareSync(run);
  });
}

export interface RunWish {
  registryId: number;
  kind: "full" | "sweep" | "repository";
  repository: string | null;
  requestedBy: string;
}

/** Queues a run in the caller's transaction unless one like it is under way. For the schedule and other slices. */
export async function queueRun(tx: Tx, wish: RunWish): Promise<{ run: SyncRunRow; begun: boolean }> {
  const latest = await findLatestRun(tx, wish, { lock: true });
  if (latest && active.has(latest.state)) return { run: latest, begun: false };
  const resumes = latest?.state === "stopped" && latest.kind === wish.kind && !isStale(latest);
  const run = resumes && latest ? await requeueRun(tx, latest.id) : await insertRun(tx, wish);
  await enqueueRun(tx, run);
  return { run, begun: true };
}

const behindMs = 2_000;

/** Queues a run of one repository for an event. One under way may have read past it already: there is one behind it. */
export async function queueRepositoryRun(registryId: number, repository: string): Promise<void> {
  await db().$transaction(async (tx) => {
    const wish = { registryId, kind: "repository" as const, repository, requestedBy: "event" };
    const { run, begun } = await queueRun(tx, wish);
    if (begun || run.state === "queued") return;
    await enqueue(
      tx,
      "inventory.observe-repository",
      { registryId, repository },
      { jobKey: `behind:${run.id}`, runAt: new Date(Date.now() + behindMs) },
    );
  });
}

const staleMs = 24 * 3_600_000;

/** What a run did longer ago than this is done anew. */
function isStale(run: SyncRunRow): boolean {
  return run.finishedAt === null || Date.now() - run.finishedAt.getTime() > staleMs;
}

export async function enqueueRun(tx: Db | Tx, run: Pick<SyncRunRow, "id">): Promise<void> {
  await enqueue(tx, "inventory.crawl", { runId: Number(run.id) }, { jobKey: `crawl:${run.id}` });
}

/** How the newest run of a registry stands. */
export async function getSync(ctx: Context, slug: string): Promise<Sync> {
  const registry = await getVisibleRegistry(ctx, slug);
  const run = await findLatestRun(db(), { registryId: registry.id, kind: "full", repository: null });
  if (!run) return neverSynced;
  const sync = prepareSync(run);
  // Counts and names of a whole registry are not for those who see a part of it.
  if (isPermitted(ctx.principal, "registries.read", { registryId: registry.id })) return sync;
  return { ...sync, progress: { ...neverSynced.progress, phase: sync.progress.phase }, incomplete: null };
}

/** Asks the run under way to stop; what it wrote stays, and starting again goes on from there. */
export async function stopSync(ctx: Context, slug: string): Promise<Sync> {
  const registry = await getVisibleRegistry(ctx, slug);
  authorize(ctx, "registries.sync", { registryId: registry.id }, "This registry");
  return db().$transaction(async (tx) => {
    const run = await findLatestRun(
      tx,
      { registryId: registry.id, kind: "full", repository: null },
      { lock: true },
    );
    if (!run) return neverSynced;
    if (!active.has(run.state)) return prepareSync(run);
    await recordAudit(tx, ctx, { action: "registry.sync-stop", target: slug, registryId: registry.id });
    return prepareSync(await requestStop(tx, run));
  });
}

/** The newest runs of several registries, for lists of them. */
export async function listSyncs(registryIds: readonly number[]): Promise<Map<number, Sync>> {
  const runs = await listLatestRuns(db(), registryIds);
  return new Map(runs.map((run) => [run.registryId, prepareSync(run)]));
}

const neverSynced: Sync = {
  state: "never",
  kind: null,
  repository: null,
  progress: {
    phase: "catalog",
    repositoriesDone: 0,
    repositoriesTotal: 0,
    tagsDone: 0,
    manifestsDone: 0,
    requests: 0,
  },
  requestedBy: null,
  startedAt: null,
  finishedAt: null,
  error: null,
  incomplete: null,
};

function prepareSync(run: SyncRunRow): Sync {
  return {
    state: run.state as Sync["state"],
    kind: run.kind as Sync["kind"],
    repository: run.repository,
    progress: {
      phase: run.phase as Sync["progress"]["phase"],
      repositoriesDone: run.repositoriesDone,
      repositoriesTotal: run.repositoriesTotal,
      tagsDone: run.tagsDone,
      manifestsDone: run.manifestsDone,
      requests: run.requests,
    },
    requestedBy: run.requestedBy,
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
    error: run.error,
    incomplete: run.incomplete,
  };
}
