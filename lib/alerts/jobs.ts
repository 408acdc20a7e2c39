import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { deliverNotice, tendDeliveries } from "#lib/alerts/service-deliver";
import { evaluateAlerts } from "#lib/alerts/service-evaluate";

const payloadSchema = z.object({ delivery: z.uuid() });

export const alertTasks: TaskList = {
  "alerts.send": async (payload, { job }) => {
    const { delivery } = payloadSchema.parse(payload);
    const result = await deliverNotice(delivery, job.attempts >= job.max_attempts);
    // The queue tries again what throws, later each time.
    if (result === "again") throw new Error("The notice was not delivered.");
  },
};

const tendEveryMs = 60_000;
let tendedAt = 0;

/** For the tick of a worker. */
export async function tendAlerts(now: Date): Promise<void> {
  await evaluateAlerts(now);
  if (now.getTime() - tendedAt < tendEveryMs) return;
  await tendDeliveries(now);
  tendedAt = now.getTime();
}
