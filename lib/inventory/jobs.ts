import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { db } from "#lib/db/client";
import { evaluateDue } from "#lib/inventory/evaluate-due";
import { runCrawl } from "#lib/inventory/run-crawl";
import { listScheduledRegistries, stopAbandonedRuns } from "#lib/inventory/store-sync";
import { queueRun } from "#lib/inventory/sync-service";

const crawlPayload = z.object({ runId: z.number().int() });

export const inventoryTasks: TaskList = {
  "inventory.crawl": async (payload, helpers) => {
    await runCrawl(crawlPayload.parse(payload).runId, helpers.abortSignal ?? new AbortController().signal);
  },
};

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
