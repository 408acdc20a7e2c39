import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Db, db } from "#lib/db/client";
import { startSync } from "#lib/inventory/sync-service";
import { testContext } from "#lib/testing/connect-test-registry";
import type { BenchOptions } from "./bench-options.ts";
import type { BenchStack } from "./bench-stack.ts";

export interface BenchWorker {
  pid: number;
  stop(): Promise<void>;
}

/** Points the services of this process at another database. */
export async function attachDatabase(stack: BenchStack, url: string): Promise<void> {
  await releaseDatabase();
  for (const name of ["DATABASE_URL", "WHARFINGER_MASTER_KEY", "WHARFINGER_SESSION_SECRET"])
    process.env[name] = stack.environmentOf(url)[name];
}

export async function releaseDatabase(): Promise<void> {
  const shared = globalThis as typeof globalThis & { wharfingerDb?: Db };
  await shared.wharfingerDb?.$disconnect();
  shared.wharfingerDb = undefined;
}

/** The worker of the product, over the database that this process uses now. */
export async function startWorker(
  options: BenchOptions,
  stack: BenchStack,
  url: string,
  profileFolder: string | null = null,
): Promise<BenchWorker> {
  const { root, home } = options;
  mkdirSync(join(home, "logs"), { recursive: true });
  const log = openSync(join(home, "logs", "bench-worker.log"), "a");
  const profile =
    profileFolder === null
      ? []
      : ["--cpu-prof", "--cpu-prof-interval", "500", "--cpu-prof-dir", profileFolder];
  const child = spawn(process.execPath, [...profile, join(root, "worker.ts")], {
    cwd: root,
    env: stack.environmentOf(url),
    stdio: ["ignore", log, log],
  });
  const end = () => child.kill("SIGKILL");
  process.on("exit", end);
  await waitForHeartbeat(child);
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, "exit");
        child.kill("SIGTERM");
        await exited;
      }
      process.off("exit", end);
    },
  };
}

async function waitForHeartbeat(child: ChildProcess): Promise<void> {
  for (let look = 0; look < 1_200; look++) {
    if (child.exitCode !== null) throw new Error("The worker ended: see logs/bench-worker.log.");
    if ((await db().workerHeartbeat.count()) > 0) return;
    await delay(50);
  }
  throw new Error("The worker does not come up: see logs/bench-worker.log.");
}

/** Waits until the worker has nothing left to do, such as to learn what a registry can. */
export async function waitForJobs(): Promise<void> {
  for (;;) {
    const [row] = await db().$queryRaw<{ jobs: bigint }[]>`
      SELECT count(*) AS jobs FROM graphile_worker._private_jobs`;
    if (row?.jobs === 0n) return;
    await delay(50);
  }
}

/** Asks for a run and waits, as the console would, until it has ended. */
export async function crawlByWorker(slug: string, kind: "full" | "sweep") {
  await startSync(testContext, slug, { kind });
  for (;;) {
    const run = await db().syncRun.findFirstOrThrow({
      where: { registry: { slug } },
      orderBy: { id: "desc" },
    });
    if (run.state === "succeeded") {
      if (run.incomplete !== null) throw new Error(`The run of ${slug} is not whole: ${run.incomplete}`);
      return run;
    }
    if (run.state === "failed" || run.state === "stopped")
      throw new Error(`The run of ${slug} ended as ${run.state}: ${run.error ?? ""}`);
    await delay(50);
  }
}
