import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { db } from "#lib/db/client";
import { applyWaiting, enqueueApply } from "#lib/events/service";
import { listRegistriesWithWaiting } from "#lib/events/store";
import { ensureEventPartitions, pruneUnreadable } from "#lib/events/store-sources";
import { foldDue } from "#lib/failures/fold-service";

const payloadSchema = z.object({ registryId: z.number().int() });
const forgottenSeconds = 60;

export const eventTasks: TaskList = {
  "events.apply": async (payload) => {
    await applyWaiting(payloadSchema.parse(payload).registryId);
    await foldDue();
  },
};

/** Events whose job gave up or was lost get another one. */
export async function queueForgottenEvents(): Promise<void> {
  for (const id of await listRegistriesWithWaiting(db(), forgottenSeconds))
    await db().$transaction((tx) => enqueueApply(tx, id));
}

const tendEveryMs = 3_600_000;
let tendedAt = 0;

/** Once an hour and process: partitions for the weeks to come, and no more unreadable deliveries than help anybody. */
export async function tendEvents(now: Date): Promise<void> {
  if (now.getTime() - tendedAt < tendEveryMs) return;
  await ensureEventPartitions(db(), now);
  await pruneUnreadable(db());
  tendedAt = now.getTime();
}
