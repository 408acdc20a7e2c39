import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { deliverCheckpoint } from "#lib/audit/deliver-checkpoint";
import { watchChain } from "#lib/audit/watch-chain";
import { writeAuditCheckpoint } from "#lib/audit/write-checkpoint";
import { db } from "#lib/db/client";
import { enqueue } from "#lib/jobs/service";
import { log } from "#lib/log/log";

const watchEveryMs = 60_000;
let queuedAtMs = 0;

const checkpointPayload = z.object({ line: z.string() });

export const auditTasks: TaskList = {
  "audit.deliver-checkpoint": async (payload, { job }) => {
    const outcome = await deliverCheckpoint(checkpointPayload.parse(payload).line, new Date());
    if (outcome.ok) return;
    // A job that has failed for good would stay in the queue for ever.
    if (job.attempts >= job.max_attempts)
      log.error({ reason: outcome.reason }, "audit checkpoint not delivered");
    else throw new Error(outcome.reason);
  },
};

/** Long on a large audit. */
export const chainTasks: TaskList = {
  "audit.watch-chain": async (_payload, helpers) => {
    const signal = helpers.abortSignal;
    try {
      await watchChain(new Date(), { home: findHome(), signal });
    } catch (error) {
      // The next minute brings another one.
      if (!signal?.aborted) throw error;
    }
  },
};

/** What the audit needs by the clock: a checkpoint, and a look at the chain, each minute. */
export async function keepAuditInView(now: Date): Promise<void> {
  await writeAuditCheckpoint(now, findHome());
  if (now.getTime() - queuedAtMs < watchEveryMs) return;
  queuedAtMs = now.getTime();
  await enqueue(
    db(),
    "audit.watch-chain",
    {},
    { jobKey: "audit.watch-chain", queueName: "audit.chain", maxAttempts: 1 },
  );
}

/** A worker that was given no home keeps no file: the folder it runs in may be that of another console. */
function findHome(): string | null {
  return process.env.WHARFINGER_HOME?.trim() || null;
}
