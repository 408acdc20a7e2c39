import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { db } from "#lib/db/client";

const root = join(import.meta.dirname, "..", "..");
const workers = new Set<ChildProcess>();

/** A worker of the console of this test file, in a process of its own. */
export function startWorker(
  call: { before?: readonly string[]; nodeOptions?: readonly string[]; env?: Record<string, string> } = {},
): ChildProcess {
  const [command = "", ...args] = [
    ...(call.before ?? []),
    process.execPath,
    ...(call.nodeOptions ?? []),
    join(root, "worker.ts"),
  ];
  const worker = spawn(command, args, {
    cwd: root,
    env: { ...process.env, WHARFINGER_LOG_LEVEL: "error", ...call.env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  workers.add(worker);
  return worker;
}

/** Sends a signal and waits for the end; returns the exit code, null when the signal ended it. */
export async function endWorker(worker: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  workers.delete(worker);
  if (worker.exitCode === null && worker.signalCode === null) {
    worker.kill(signal);
    await once(worker, "exit");
  }
  return worker.exitCode;
}

/** For the end of a test file. */
export function killWorkers(): void {
  for (const worker of workers) worker.kill("SIGKILL");
  workers.clear();
}

type Run = Awaited<ReturnType<typeof findLatestRun>>;

export async function findLatestRun(slug: string) {
  return db().syncRun.findFirstOrThrow({ where: { registry: { slug } }, orderBy: { id: "desc" } });
}

/** Waits, on the database's own clock, until a condition on the run holds. */
export async function waitForRun(
  slug: string,
  holds: (run: Run) => boolean,
  timeoutMs: number,
): Promise<Run> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const run = await findLatestRun(slug);
    if (holds(run)) return run;
    if (Date.now() > end)
      throw new Error(`The run of ${slug} stands at ${run.state}, ${run.phase}, ${run.requests}.`);
    await db().$queryRaw`SELECT 1 AS one FROM pg_sleep(0.02)`;
  }
}
