import { recordActivity } from "#lib/activity/record-activity";
import { db, type Tx } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { findLastSweep, markApplied, takeWaiting, type WaitingEvent } from "#lib/events/store";
import { markForFold } from "#lib/failures/mark-for-fold";
import { listHours } from "#lib/failures/rules-signal-runs";
import { applyEvents, type ToldEvent } from "#lib/inventory/apply-service";
import { enqueue } from "#lib/jobs/service";

export async function enqueueApply(tx: Tx, registryId: number): Promise<void> {
  await enqueue(
    tx,
    "events.apply",
    { registryId },
    { jobKey: `events:${registryId}`, queueName: `events:${registryId}` },
  );
}

const batch = 500;
/** A registry's clock is believed this far ahead of ours. */
const trustedSkewMs = 5 * 60_000;
/** What took longer to arrive may be over already. */
const promptMs = 30_000;

/** Sides that tell what the registry did; logs tell the same again, and are heard for failures alone. */
const tellingSides = new Set(["notification", "harbor", "zot"]);

/** Takes every waiting event of a registry into inventory, activity and ledger, in order of arrival. */
export async function applyWaiting(registryId: number): Promise<void> {
  for (;;) {
    const count = await withRetry(() => db().$transaction((tx) => applyBatch(tx, registryId)));
    if (count < batch) return;
  }
}

async function applyBatch(tx: Tx, registryId: number): Promise<number> {
  const rows = await takeWaiting(tx, registryId, batch);
  if (rows.length === 0) return 0;
  const done = rows.filter((row) => row.cause === null && tellingSides.has(row.side));
  if (done.length > 0) {
    const lastSweptAt = await findLastSweep(tx, registryId);
    const told = done.flatMap((row) => prepareEvent(row, lastSweptAt) ?? []);
    await applyEvents(tx, registryId, told);
    await recordActivity(tx, registryId, told, new Date());
  }
  await markForFold(tx, registryId, {
    failed: listRepositories(rows.filter((row) => row.cause !== null && row.action === "pull")),
    // A push may show that a failure was the look before it.
    pulled: listRepositories(rows.filter((row) => row.cause === null && row.action !== "delete")),
  });
  await markApplied(tx, registryId, rows);
  return rows.length;
}

/** Each repository with the earliest time of what was told about it, and its hours. */
function listRepositories(rows: readonly WaitingEvent[]): { repository: string; at: Date; hours: Date[] }[] {
  const named = rows.filter(({ repository }) => repository !== null);
  return [...Map.groupBy(named, ({ repository }) => repository ?? "")].map(([repository, told]) => ({
    repository,
    at: new Date(Math.min(...told.map(({ at }) => at.getTime()))),
    hours: listHours(told),
  }));
}

function prepareEvent(row: WaitingEvent, lastSweptAt: Date | null): ToldEvent | null {
  if (row.repository === null) return null;
  const at = new Date(Math.min(row.at.getTime(), row.received_at.getTime() + trustedSkewMs));
  const slow = row.received_at.getTime() - at.getTime() > promptMs;
  return {
    eventId: row.event_id,
    action: row.action as ToldEvent["action"],
    repository: row.repository,
    tag: row.tag,
    digest: row.digest,
    actor: row.actor,
    at,
    late: slow || (lastSweptAt !== null && at < lastSweptAt),
  };
}
