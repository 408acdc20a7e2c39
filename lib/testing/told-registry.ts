import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { db } from "#lib/db/client";
import { applyWaiting } from "#lib/events/service";
import { createSource } from "#lib/events/source-service";
import { foldDue } from "#lib/failures/fold-service";
import { inventoryTasks } from "#lib/inventory/jobs";
import { runWorker } from "#lib/jobs/run-worker";
import { closeRegistryClients } from "#lib/registries/open-client";
import { testContext } from "#lib/testing/connect-test-registry";
import { type EnforcedRegistry, startEnforcedRegistry } from "#lib/testing/enforced-registry";
import { flushTokenDenials } from "#lib/tokens/denial-recorder";
import { shipRegistryLog } from "../../scripts/stack/ship-registry-log.ts";

export interface ToldRegistry extends EnforcedRegistry {
  /** Posts Events of the cluster `eu`, as an exporter would. */
  postEvents(...events: object[]): Promise<void>;
  /** Waits until all that the registry wrote and told has arrived, and folds it as some seconds later would. */
  settle(): Promise<void>;
}

const judgedAfterMs = 30_000;

/**
 * A real registry, enforced, of which the console hears as in operation: its notifications, its own log as a shipper
 * sends it, our token endpoint's refusals, and a cluster. `consoleUrl` is where the doors are.
 */
export async function startToldRegistry(slug: string, consoleUrl: string): Promise<ToldRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "wharfinger-told-"));
  const notificationsTo = {
    url: `${consoleUrl}/api/ingest/distribution`,
    secret: randomBytes(24).toString("base64url"),
  };
  const registry = await startEnforcedRegistry({ slug, mode: "certificate", notificationsTo });
  const logs = await createSource(testContext, { registry: slug, kind: "registry-logs", name: "log" });
  const cluster = await createSource(testContext, {
    registry: slug,
    kind: "kubernetes",
    name: "cluster",
    cluster: "eu",
  });
  // What a push brought is read by jobs; taking in and folding is left to `settle`, which has a later clock.
  const worker = await runWorker({
    databaseUrl: process.env.DATABASE_URL ?? "",
    lanes: [{ tasks: inventoryTasks, concurrency: 2 }],
    tick: async () => {},
  });
  const stateFile = join(folder, "log-position");
  void shipRegistryLog({
    logFile: registry.logFile,
    stateFile,
    url: `${consoleUrl}/api/ingest/registry-logs`,
    secret: logs.secret,
  });
  return {
    ...registry,
    postEvents: async (...events) => {
      const response = await fetch(`${consoleUrl}/api/ingest/kubernetes`, {
        method: "POST",
        headers: { authorization: `Bearer ${cluster.secret}`, "content-type": "application/json" },
        body: JSON.stringify(events),
      });
      if (response.status !== 202) throw new Error(`The cluster was answered ${response.status}.`);
    },
    settle: async () => {
      await waitForLog(registry.logFile, stateFile);
      await waitForQuiet(registry.id);
      await flushTokenDenials();
      await applyWaiting(registry.id);
      await waitForJobs();
      await foldDue(() => new Date(Date.now() + judgedAfterMs));
    },
    stop: async () => {
      await worker.stop();
      await closeRegistryClients();
      await registry.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const patienceMs = 30_000;

async function waitForLog(logFile: string, stateFile: string): Promise<void> {
  const end = Date.now() + patienceMs;
  const { size } = await stat(logFile);
  for (;;) {
    const state = await readFile(stateFile, "utf8").catch(() => "{}");
    if (((JSON.parse(state) as { offset?: number }).offset ?? 0) >= size) return;
    if (Date.now() > end) throw new Error(`The log was sent up to ${state} of ${size}.`);
    await db().$queryRaw`SELECT 1 AS one FROM pg_sleep(0.05)`;
  }
}

/** The sums of a whole registry are counted the more seldom the longer that takes: no failure depends on them. */
const awaited = Object.keys(inventoryTasks).filter((task) => task !== "inventory.refresh-registry");

async function waitForJobs(): Promise<void> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const jobs = await db().$queryRaw<{ task: string }[]>`
      SELECT task_identifier AS task FROM graphile_worker.jobs
      WHERE task_identifier = ANY(${awaited}::text[]) AND run_at <= now() + interval '5 seconds'`;
    if (jobs.length === 0) return;
    if (Date.now() > end) throw new Error(`Jobs that do not end: ${jobs.map(({ task }) => task).join()}`);
    await db().$queryRaw`SELECT 1 AS one FROM pg_sleep(0.05)`;
  }
}

/** A registry sends its notifications one after the other: with none for half a second they have all come. */
async function waitForQuiet(registryId: number): Promise<void> {
  const end = Date.now() + patienceMs;
  const count = async () => {
    const rows = await db().eventSource.aggregate({
      where: { registryId, kind: "distribution" },
      _sum: { accepted: true, ignored: true, duplicate: true },
    });
    return String(Object.values(rows._sum));
  };
  for (let before = ""; ; ) {
    const now = await count();
    if (now === before) return;
    if (Date.now() > end) throw new Error("The registry does not stop telling.");
    before = now;
    await db().$queryRaw`SELECT 1 AS one FROM pg_sleep(0.5)`;
  }
}
