import { db, type Tx } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import type { EnvelopeParse } from "#lib/events/parse-envelope";
import {
  findLastSweep,
  findRegistryBySecret,
  insertNotices,
  markApplied,
  recordArrival,
  recordPullsTold,
  takeWaiting,
  type WaitingEvent,
} from "#lib/events/store";
import { applyEvents, type ToldEvent } from "#lib/inventory/apply-service";
import { enqueue } from "#lib/jobs/service";
import { getRequestMark } from "#lib/registries/request-mark";
import { hashSecret } from "#lib/secrets/service";

export interface IngestResult {
  /** Events kept by this call. */
  accepted: number;
  /** Known already: they change nothing. */
  duplicate: number;
  /** About layers, or made by our own requests. */
  ignored: number;
  unreadable: number;
}

/** The registry that a notification's secret belongs to. */
export async function findNotifyingRegistry(secret: string): Promise<number | null> {
  return findRegistryBySecret(db(), await hashSecret("ingest-secret", secret));
}

/**
 * Keeps what a registry told, in one transaction with the job that takes it into the inventory: once this returns,
 * nothing of it is lost. Our own requests also make the registry tell; they are nobody's pulls and are not kept.
 */
export async function ingestNotices(
  registryId: number,
  envelope: EnvelopeParse,
  receivedAt: Date,
): Promise<IngestResult> {
  if (envelope.notices.some((notice) => notice.action === "pull")) await notePulls(registryId, receivedAt);
  const mark = await getRequestMark();
  const notices = envelope.notices.filter((notice) => !notice.agent?.includes(mark));
  const ignored = envelope.ignored + envelope.notices.length - notices.length;
  if (notices.length === 0) {
    await recordArrival(db(), registryId, receivedAt, { unreadable: envelope.unreadable, conflicting: 0 });
    return { accepted: 0, duplicate: 0, ignored, unreadable: envelope.unreadable };
  }
  return db().$transaction(async (tx) => {
    const { inserted, conflicting } = await insertNotices(tx, registryId, notices, receivedAt);
    await recordArrival(tx, registryId, receivedAt, { unreadable: envelope.unreadable, conflicting });
    if (inserted > 0) await enqueueApply(tx, registryId);
    return {
      accepted: inserted,
      duplicate: notices.length - inserted,
      ignored,
      unreadable: envelope.unreadable,
    };
  });
}

const lastDayTold = new Map<number, string>();

/** Also pulls of our own tell that this registry would tell of others. Once a day and process. */
async function notePulls(registryId: number, receivedAt: Date): Promise<void> {
  const day = receivedAt.toISOString().slice(0, 10);
  if (lastDayTold.get(registryId) === day) return;
  await recordPullsTold(db(), registryId, receivedAt);
  lastDayTold.set(registryId, day);
}

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

/** Takes every waiting event of a registry into the inventory, in order of arrival. */
export async function applyWaiting(registryId: number): Promise<void> {
  for (;;) {
    const count = await withRetry(() =>
      db().$transaction(async (tx) => {
        const rows = await takeWaiting(tx, registryId, batch);
        if (rows.length === 0) return 0;
        const lastSweptAt = await findLastSweep(tx, registryId);
        await applyEvents(
          tx,
          registryId,
          rows.map((row) => prepareEvent(row, lastSweptAt)),
        );
        await markApplied(
          tx,
          rows.map((row) => row.id),
        );
        return rows.length;
      }),
    );
    if (count < batch) return;
  }
}

function prepareEvent(row: WaitingEvent, lastSweptAt: Date | null): ToldEvent {
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
