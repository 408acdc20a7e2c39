import { Logger, runOnce } from "graphile-worker";
import { alertTasks } from "#lib/alerts/jobs";
import { db } from "#lib/db/client";

/** Runs every queued notice once, those too that wait for their next try. */
export async function sendQueued(): Promise<void> {
  await db().$executeRaw`UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL`;
  await runOnce({
    connectionString: process.env.DATABASE_URL ?? "",
    taskList: alertTasks,
    noHandleSignals: true,
    logger: new Logger(() => () => undefined),
  });
}
