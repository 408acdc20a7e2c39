import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { Logger, run, type TaskList, type WorkerEventMap, type WorkerEvents } from "graphile-worker";
import { Pool } from "pg";
import { db } from "#lib/db/client";
import { recordHeartbeat, removeHeartbeat, unlockDeadWorkers } from "#lib/jobs/store";
import { log } from "#lib/log/log";

const beatMs = 2_000;
/** After so long without a sign a worker counts as dead. What it began is fenced, so a late one does no harm. */
export const silentSeconds = 10;

export interface RunningWorker {
  stop(): Promise<void>;
  /** Settles when the worker ended, for whatever reason. */
  ended: Promise<void>;
}

/**
 * Runs jobs in this process until `stop`. `tick` is called every few seconds for what is due by the clock; several
 * workers may do so at the same time.
 */
export async function runWorker(options: {
  databaseUrl: string;
  /** Tasks that share workers; those of another lane never wait for them. */
  lanes: { tasks: TaskList; concurrency: number }[];
  tick: (() => Promise<unknown>) | readonly (() => Promise<unknown>)[];
}): Promise<RunningWorker> {
  const id = randomUUID();
  const workerIds = new Set<string>();
  const events = new EventEmitter();
  // Jobs are locked in the name of the pool that its workers share.
  events.on("pool:create", ({ workerPool }: WorkerEventMap["pool:create"]) => workerIds.add(workerPool.id));
  await unlockDeadWorkers(db(), silentSeconds);
  const pool = new Pool({ connectionString: options.databaseUrl, max: 16, keepAlive: true });
  // A lost idle connection is no reason to end: the queue connects again.
  const noteLoss = (error: Error) => log.warn({ name: error.name }, "the job queue lost a connection");
  pool.on("error", noteLoss);
  pool.on("connect", (client) => client.on("error", noteLoss));
  const runners = await Promise.all(
    options.lanes.map(({ tasks, concurrency }) =>
      run({
        pgPool: pool,
        taskList: tasks,
        concurrency,
        pollInterval: 1_000,
        // A pooler in transaction mode hands out another session each time, which would not know them.
        noPreparedStatements: true,
        noHandleSignals: true,
        events: events as WorkerEvents,
        logger: new Logger(() => (level, message) => {
          if (level === "error" || level === "warning")
            log.warn({ queue: message.slice(0, 300) }, "job queue");
        }),
      }),
    ),
  );
  let stopping = false;
  const beat = async () => {
    try {
      await recordHeartbeat(db(), id, [...workerIds]);
      const dead = await unlockDeadWorkers(db(), silentSeconds);
      if (dead.length > 0) log.warn({ workers: dead.length }, "jobs of dead workers were freed");
    } catch (error) {
      log.warn({ name: error instanceof Error ? error.name : "unknown" }, "worker heartbeat failed");
    }
  };
  const steps = typeof options.tick === "function" ? [options.tick] : options.tick;
  const tick = async () => {
    for (const step of steps)
      if (!stopping)
        await step().catch((error: unknown) =>
          log.warn({ name: error instanceof Error ? error.name : "unknown" }, "a step of the worker failed"),
        );
  };
  // One at a time each: a slow database must not pile them up, and what takes long must not look like a dead worker.
  let beating: Promise<void> | null = null;
  let ticking: Promise<void> | null = null;
  const start = () => {
    beating ??= beat().finally(() => {
      beating = null;
    });
    ticking ??= tick().finally(() => {
      ticking = null;
    });
  };
  await beat();
  start();
  const timer = setInterval(() => {
    if (!stopping) start();
  }, beatMs);
  return {
    ended: Promise.all(runners.map((runner) => runner.promise)).then(() => undefined),
    stop: async () => {
      if (stopping) return;
      stopping = true;
      clearInterval(timer);
      await Promise.all([beating, ticking]);
      await Promise.all(runners.map((runner) => runner.stop()));
      await pool.end();
      await removeHeartbeat(db(), id).catch(() => undefined);
    },
  };
}
