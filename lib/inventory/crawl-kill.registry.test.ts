import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSync, stopSync } from "#lib/inventory/sync-service";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow, testContext } from "#lib/testing/connect-test-registry";
import { dumpInventory } from "#lib/testing/dump-inventory";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { pushSmallFleet } from "#lib/testing/push-content";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";
import { endWorker, findLatestRun, killWorkers, startWorker, waitForRun } from "#lib/testing/worker-process";

const { db } = attachTestDatabase();
const kills = fuzzRuns(3, 20);
let registry: TestRegistry;
let clean: string[];
/** So many requests a run makes here; a second is long for them at the rate below. */
let requestsOfRun = 0;
const requestsPerSecond = 60;

beforeAll(async () => {
  registry = await startTestRegistry();
  const client = createTestClient(registry.url, {
    timeouts: { headersMs: 20_000, idleMs: 20_000, deadlineMs: 20_000 },
  });
  await pushSmallFleet(client, 40);
  await client.close();
  await connectTestRegistry("clean", registry.url);
  await crawlNow("clean");
  // Configs are known now, and are not asked for again by any other run.
  await connectTestRegistry("again", registry.url);
  requestsOfRun = (await crawlNow("again")).requests;
  clean = await dumpInventory(db(), "clean");
}, 120_000);
afterAll(async () => {
  killWorkers();
  await registry.stop();
});

describe("a worker killed in the middle of a crawl", () => {
  it.each(Array.from({ length: kills }, (_, index) => index))(
    "CRASH: kill %i: another worker goes on within 30 s and the inventory equals a clean crawl",
    async (index) => {
      const slug = `killed-${index}`;
      await connectTestRegistry(slug, registry.url, { requestsPerSecond });
      await startSync(testContext, slug, {});
      const first = startWorker();
      await waitForRun(slug, (run) => run.state === "running", 60_000);
      const share = (index + Math.random()) / (kills + 1);
      await db().$queryRaw`SELECT 1 AS one FROM pg_sleep(${(share * requestsOfRun) / requestsPerSecond})`;
      await endWorker(first, "SIGKILL");
      const killedAt = Date.now();
      const { fence, requests, state } = await findLatestRun(slug);
      expect(state).toBe("running");
      const second = startWorker();
      try {
        await waitForRun(slug, (run) => run.fence > fence, 30_000);
        expect(Date.now() - killedAt).toBeLessThan(30_000);
        const ended = await waitForRun(slug, (run) => run.state === "succeeded", 60_000);
        expect(ended.requests).toBeGreaterThanOrEqual(requests);
        expect(await dumpInventory(db(), slug)).toEqual(clean);
      } finally {
        await endWorker(second, "SIGTERM");
      }
    },
    150_000,
  );

  it("a run that is stopped goes on from there when it is started again", async () => {
    await connectTestRegistry("stopped", registry.url, { requestsPerSecond });
    await startSync(testContext, "stopped", {});
    const worker = startWorker();
    try {
      await waitForRun("stopped", (run) => run.cursor !== "", 60_000);
      await stopSync(testContext, "stopped");
      const stopped = await waitForRun("stopped", (run) => run.state === "stopped", 20_000);
      await startSync(testContext, "stopped", {});
      const ended = await waitForRun("stopped", (run) => run.state === "succeeded", 60_000);
      expect(ended.id).toBe(stopped.id);
      expect(ended.repositoriesDone).toBe(40);
      expect(await dumpInventory(db(), "stopped")).toEqual(clean);
    } finally {
      await endWorker(worker, "SIGTERM");
    }
  }, 150_000);
});
