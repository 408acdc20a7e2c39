import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSync } from "#lib/inventory/sync-service";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow, testContext } from "#lib/testing/connect-test-registry";
import { dumpInventory } from "#lib/testing/dump-inventory";
import { pushSmallFleet } from "#lib/testing/push-content";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";
import { endWorker, killWorkers, startWorker, waitForRun } from "#lib/testing/worker-process";

const { db } = attachTestDatabase();
/** A crawl of about two hundred requests takes long enough to be met in its middle. */
const slow = 10;
const fast = 60;
let registry: TestRegistry;
let clean: string[];

beforeAll(async () => {
  registry = await startTestRegistry();
  const client = createTestClient(registry.url, {
    timeouts: { headersMs: 20_000, idleMs: 20_000, deadlineMs: 20_000 },
  });
  await pushSmallFleet(client, 30);
  await client.close();
  await connectTestRegistry("clean", registry.url);
  await crawlNow("clean");
  clean = await dumpInventory(db(), "clean");
}, 120_000);
afterAll(async () => {
  killWorkers();
  await registry.stop();
});

async function begin(slug: string): Promise<void> {
  await connectTestRegistry(slug, registry.url, { requestsPerSecond: slow });
  await startSync(testContext, slug, {});
}

async function hurry(slug: string): Promise<void> {
  await db().registry.update({ where: { slug }, data: { requestsPerSecond: fast } });
}

async function expectWhole(slug: string): Promise<void> {
  await waitForRun(slug, (run) => run.state === "succeeded", 90_000);
  expect(await dumpInventory(db(), slug)).toEqual(clean);
}

describe("F5: a worker with too little", { timeout: 180_000 }, () => {
  it("asked to stop in the middle of a crawl, it ends in time, and another one goes on at once", async () => {
    await begin("stopped");
    const first = startWorker();
    const { fence } = await waitForRun("stopped", (run) => run.state === "running", 60_000);
    await db().$queryRaw`SELECT 1 AS one FROM pg_sleep(2)`;
    const askedAt = Date.now();
    expect(await endWorker(first, "SIGTERM")).toBe(0);
    expect(Date.now() - askedAt).toBeLessThan(15_000);
    await hurry("stopped");
    const second = startWorker();
    // Nothing is locked by the one that left in order: there is no silence to wait for.
    await waitForRun("stopped", (run) => run.fence > fence, 20_000);
    await expectWhole("stopped");
    expect(await endWorker(second, "SIGTERM")).toBe(0);
  });

  it("without memory it dies in the middle; the next one ends the crawl, whole", async () => {
    await begin("starved");
    const hoard = `const kept = [];
      process.once("SIGUSR2", () => setInterval(() => kept.push(new Array(1_500_000).fill(kept.length)), 50));`;
    const starved = startWorker({
      nodeOptions: [
        "--max-old-space-size=160",
        "--import",
        `data:text/javascript,${encodeURIComponent(hoard)}`,
      ],
    });
    await waitForRun("starved", (run) => run.state === "running", 60_000);
    starved.kill("SIGUSR2");
    if (starved.exitCode === null && starved.signalCode === null) await once(starved, "exit");
    expect(starved.exitCode).not.toBe(0);
    expect((await waitForRun("starved", () => true, 1_000)).state).toBe("running");
    await hurry("starved");
    const second = startWorker();
    await expectWhole("starved");
    await endWorker(second, "SIGTERM");
  });

  it("with few descriptors it does what it can, and what it could not is done later", async () => {
    await begin("few");
    await hurry("few");
    const limited = startWorker({ before: ["/bin/sh", "-c", 'ulimit -n 36; exec "$0" "$@"'] });
    await waitForRun("few", (run) => run.state !== "queued", 60_000);
    // Whatever became of it under the limit: it is whole, or told as not whole.
    const run = await waitForRun("few", ({ state }) => state !== "running", 60_000).catch(() => null);
    await endWorker(limited, "SIGTERM");
    if (run?.state === "succeeded" && run.incomplete === null) await expectWhole("few");
    const second = startWorker();
    await startSync(testContext, "few", {});
    await expectWhole("few");
    await endWorker(second, "SIGTERM");
  });
});
