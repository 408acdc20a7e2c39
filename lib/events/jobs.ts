import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { db } from "#lib/db/client";
import { applyWaiting, enqueueApply } from "#lib/events/service";
import { listRegistriesWithWaiting } from "#lib/events/store";
import { dropEventsBefore, forgetAddressesBefore } from "#lib/events/store-retention";
import { ensureEventPartitions, pruneUnreadable } from "#lib/events/store-sources";
import { foldingInBackground } from "#lib/failures/fold-in-background";
import { dropRuns } from "#lib/failures/signal-runs-service";
import type { KeepSettings } from "#lib/settings/keep-settings";

const payloadSchema = z.object({ registryId: z.number().int() });
const forgottenSeconds = 60;

export const eventTasks: TaskList = {
  "events.apply": async (payload) => {
    await applyWaiting(payloadSchema.parse(payload).registryId);
    foldingInBackground.wake();
  },
};

/** Events whose job gave up or was lost get another one. */
export async function queueForgottenEvents(): Promise<void> {
  for (const id of await listRegistriesWithWaiting(db(), forgottenSeconds))
    await db().$transaction((tx) => enqueueApply(tx, id));
}

const tendEveryMs = 3_600_000;
let tendedAt = 0;

/** Once an hour and process: partitions for the weeks to come, and an end to what has been kept for long enough. */
export async function tendEvents(now: Date, { eventDays, addressDays }: KeepSettings): Promise<void> {
  if (now.getTime() - tendedAt < tendEveryMs) return;
  // Also what fails waits for the next hour: it locks the table that everything else writes to.
  tendedAt = now.getTime();
  await ensureEventPartitions(db(), now);
  await pruneUnreadable(db());
  const before = (days: number) => new Date(now.getTime() - days * 86_400_000);
  await dropEventsBefore(db(), before(eventDays));
  await forgetAddressesBefore(db(), before(addressDays));
  await dropRuns(now, before(addressDays));
}
