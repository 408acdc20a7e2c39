import type { Db, Tx } from "#lib/db/client";
import type { JobOptions } from "#lib/jobs/job-options";

export async function addJob(
  tx: Db | Tx,
  name: string,
  payload: Record<string, unknown>,
  options: JobOptions,
): Promise<void> {
  await tx.$executeRaw`
    SELECT graphile_worker.add_job(
      ${name}::text, payload => ${JSON.stringify(payload)}::json, queue_name => ${options.queueName ?? null}::text,
      run_at => ${options.runAt ?? null}::timestamptz, max_attempts => ${options.maxAttempts ?? null}::int,
      job_key => ${options.jobKey ?? null}::text,
      job_key_mode => ${options.keepsRunAt ? "preserve_run_at" : "replace"}::text)`;
}

export async function recordHeartbeat(db: Db, id: string, workerIds: readonly string[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO worker_heartbeat (id, worker_ids, seen_at) VALUES (${id}::uuid, ${[...workerIds]}::text[], now())
    ON CONFLICT (id) DO UPDATE SET worker_ids = excluded.worker_ids, seen_at = now()`;
}

export async function removeHeartbeat(db: Db, id: string): Promise<void> {
  await db.$executeRaw`DELETE FROM worker_heartbeat WHERE id = ${id}::uuid`;
}

/**
 * Frees the jobs of workers that were not heard of for so long; the queue itself would wait for hours. Returns
 * their names.
 */
export async function unlockDeadWorkers(db: Db, silentSeconds: number): Promise<string[]> {
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`DELETE FROM worker_heartbeat WHERE seen_at < now() - make_interval(secs => ${silentSeconds}::float8)`;
    const rows = await tx.$queryRaw<{ locked_by: string }[]>`
      SELECT DISTINCT locked_by FROM (
        SELECT locked_by, locked_at FROM graphile_worker._private_jobs WHERE locked_by IS NOT NULL
        UNION ALL
        SELECT locked_by, locked_at FROM graphile_worker._private_job_queues WHERE locked_by IS NOT NULL
      ) l
      WHERE l.locked_at < now() - make_interval(secs => ${silentSeconds}::float8)
        AND NOT EXISTS (SELECT FROM worker_heartbeat h WHERE l.locked_by = ANY(h.worker_ids))`;
    const dead = rows.map((row) => row.locked_by);
    if (dead.length > 0) await tx.$executeRaw`SELECT graphile_worker.force_unlock_workers(${dead}::text[])`;
    return dead;
  });
}
