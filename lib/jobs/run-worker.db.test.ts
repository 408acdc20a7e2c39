import { afterEach, describe, expect, it } from "vitest";
import { type RunningWorker, runWorker, silentSeconds } from "#lib/jobs/run-worker";
import { addJob, unlockDeadWorkers } from "#lib/jobs/store";
import { attachTestDatabase } from "#lib/testing/attach-test-database";

const { db } = attachTestDatabase();

describe("jobs that take long", () => {
  let worker: RunningWorker | null = null;
  // Also one that was freed and is begun again ends with it.
  const over = Promise.withResolvers<void>();
  afterEach(async () => {
    over.resolve();
    await worker?.stop();
  });

  it("stay with their worker while it lives, and are freed when it is gone", async () => {
    const databaseUrl = process.env.DATABASE_URL ?? "";
    const begun = new Promise<void>((resolve) => {
      const work = () => {
        resolve();
        return over.promise;
      };
      void runWorker({
        databaseUrl,
        lanes: [{ tasks: { "test.long": work }, concurrency: 1 }],
        tick: async () => {},
      }).then(async (running) => {
        worker = running;
        await addJob(db(), "test.long", {}, {});
      });
    });
    await begun;
    // As it is when the job has been under way for a minute.
    await db().$executeRaw`UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '1 minute'`;
    expect(await unlockDeadWorkers(db(), silentSeconds)).toEqual([]);
    await db().$executeRaw`DELETE FROM worker_heartbeat`;
    expect(await unlockDeadWorkers(db(), silentSeconds)).toHaveLength(1);
  });
});
