import type { Db, Tx } from "#lib/db/client";
import type { JobOptions } from "#lib/jobs/job-options";
import { addJob } from "#lib/jobs/store";

/** Puts a job into the queue in the caller's transaction: no change, no job. */
export async function enqueue(
  tx: Db | Tx,
  name: string,
  payload: Record<string, unknown>,
  options: JobOptions = {},
): Promise<void> {
  await addJob(tx, name, payload, options);
}
