import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { db } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { NotFoundError } from "#lib/http/errors";
import { refreshRegistry } from "#lib/inventory/apply-service";
import { evaluateDue } from "#lib/inventory/evaluate-due";
import { fetchToldManifest, observeTag } from "#lib/inventory/fetch-manifest";
import { runCrawl } from "#lib/inventory/run-crawl";
import { refreshRepositoryStats, refreshUniqueBytes } from "#lib/inventory/store-apply-stats";
import { listScheduledRegistries, stopAbandonedRuns } from "#lib/inventory/store-sync";
import { queueRepositoryRun, queueRun } from "#lib/inventory/sync-service";
import { log } from "#lib/log/log";
import { isRegistryError, type RegistryErrorKind } from "#lib/oci/errors";

const crawlPayload = z.object({ runId: z.number().int() });
const place = { registryId: z.number().int(), repositoryId: z.number().int(), repository: z.string() };
const fetchPayload = z.object({
  ...place,
  digest: z.string(),
  tag: z.string().nullable(),
  pushedAt: z.coerce.date(),
});
const observePayload = z.object({ ...place, tag: z.string() });
const observeRepositoryPayload = z.object({ registryId: z.number().int(), repository: z.string() });
const repositoryPayload = z.object({ repositoryId: z.number().int() });
const registryPayload = z.object({ registryId: z.number().int() });

/** Long jobs: they have workers of their own, so that short ones never wait for them. */
export const crawlTasks: TaskList = {
  "inventory.crawl": async (payload, helpers) => {
    await runCrawl(crawlPayload.parse(payload).runId, helpers.abortSignal ?? new AbortController().signal);
  },
};

export const inventoryTasks: TaskList = {
  "inventory.fetch-manifest": (payload) => {
    const { digest, tag, pushedAt, ...where } = fetchPayload.parse(payload);
    return skipHopeless(() => fetchToldManifest(where, { digest, tag, pushedAt }));
  },
  "inventory.observe-tag": (payload) => {
    const { tag, ...where } = observePayload.parse(payload);
    return skipHopeless(() => observeTag(where, tag));
  },
  "inventory.observe-repository": async (payload) => {
    const { registryId, repository } = observeRepositoryPayload.parse(payload);
    await queueRepositoryRun(registryId, repository);
  },
  "inventory.refresh-repository": async (payload) => {
    const { repositoryId } = repositoryPayload.parse(payload);
    await withRetry(() =>
      db().$transaction(async (tx) => {
        await refreshRepositoryStats(tx, [repositoryId]);
        await refreshUniqueBytes(tx, [repositoryId]);
      }),
    );
  },
  "inventory.refresh-registry": async (payload) => {
    await refreshRegistry(registryPayload.parse(payload).registryId);
  },
};

const worthAnotherTry = new Set<RegistryErrorKind>([
  "cannot-connect",
  "timeout",
  "server-error",
  "throttled",
  "name-not-resolved",
  "tls",
]);

/** A registry that is away is asked again later; a manifest that cannot be read, or a registry given up, is not. */
async function skipHopeless(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof NotFoundError) return;
    if (!isRegistryError(error) || worthAnotherTry.has(error.kind)) throw error;
    log.warn({ kind: error.kind }, "what an event told of could not be read");
  }
}

/** Queues what the schedules want; several workers may do so at once. */
export async function queueDueRuns(now: Date): Promise<void> {
  await stopAbandonedRuns(db(), 15);
  for (const row of await listScheduledRegistries(db())) {
    const kind = evaluateDue(
      {
        syncEveryMinutes: row.sync_every_minutes,
        hasIngestSecret: row.ingest_secret_hash !== null,
        lastSyncedAt: row.last_synced_at,
        lastSweptAt: row.last_swept_at,
        lastEventAt: row.last_event_at,
        lastAttemptAt: row.last_attempt_at,
      },
      now,
    );
    if (kind !== null)
      await db().$transaction((tx) =>
        queueRun(tx, { registryId: row.id, kind, repository: null, requestedBy: "schedule" }),
      );
  }
}
