import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { db } from "#lib/db/client";
import { applyWaiting, enqueueApply } from "#lib/events/service";
import { listRegistriesWithWaiting } from "#lib/events/store";

const payloadSchema = z.object({ registryId: z.number().int() });
const forgottenSeconds = 60;

export const eventTasks: TaskList = {
  "events.apply": (payload) => applyWaiting(payloadSchema.parse(payload).registryId),
};

/** Events whose job gave up or was lost get another one. */
export async function queueForgottenEvents(): Promise<void> {
  for (const id of await listRegistriesWithWaiting(db(), forgottenSeconds))
    await db().$transaction((tx) => enqueueApply(tx, id));
}
