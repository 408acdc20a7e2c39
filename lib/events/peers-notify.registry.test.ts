import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestDistribution } from "#lib/events/hot-door";
import { eventTasks } from "#lib/events/jobs";
import { inventoryTasks } from "#lib/inventory/jobs";
import { type RunningWorker, runWorker } from "#lib/jobs/run-worker";
import type { RegistryClient } from "#lib/oci/client";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { createIngestSecret } from "#lib/registries/connection-service";
import { closeRegistryClients } from "#lib/registries/open-client";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow, testContext } from "#lib/testing/connect-test-registry";
import { pushImage, pushTag } from "#lib/testing/push-content";
import { startHotDoor } from "#lib/testing/start-hot-door";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";
import { describeMissingPeer, findPeer } from "../../scripts/stack/peers.ts";

const { db } = attachTestDatabase();
const program = findPeer("registry3");

describe.skipIf(program === null)(
  program === null ? describeMissingPeer("registry3") : "distribution 3 that notifies",
  () => {
    let registry: TestRegistry;
    let client: RegistryClient;
    let worker: RunningWorker;
    let door: Awaited<ReturnType<typeof startHotDoor>>;

    beforeAll(async () => {
      const secret = randomBytes(24).toString("base64url");
      door = await startHotDoor(ingestDistribution);
      registry = await startTestRegistry({
        program: program ?? "",
        notificationsTo: { url: door.url, secret },
      });
      client = createTestClient(registry.url, {
        userAgent: "docker/27 test",
        timeouts: { headersMs: 20_000, idleMs: 20_000, deadlineMs: 20_000 },
      });
      await connectTestRegistry("three", registry.url);
      await createIngestSecret(testContext, "three", secret);
      worker = await runWorker({
        databaseUrl: process.env.DATABASE_URL ?? "",
        lanes: [{ tasks: { ...inventoryTasks, ...eventTasks }, concurrency: 4 }],
        tick: async () => {},
      });
    }, 60_000);
    afterAll(async () => {
      await worker.stop();
      await closeRegistryClients();
      await client.close();
      await registry.stop();
      await door.close();
    });

    const findTag = (name: string) =>
      db().tag.findFirst({ where: { name, repository: { name: "team/api" } } });
    const waitFor = async (holds: () => Promise<boolean>, what: string) => {
      const end = performance.now() + 10_000;
      while (!(await holds())) {
        if (performance.now() > end) throw new Error(`Not within 10 s: ${what}`);
        await db().$queryRaw`SELECT 1 AS one FROM pg_sleep(0.01)`;
      }
    };

    it("brings a push into the list, with its time", async () => {
      const { digest } = await pushImage(client, "team/api", "v1", { layers: ["base", "api"] });
      await waitFor(async () => (await findTag("v1"))?.digest === digest, "the push");
      expect(await findTag("v1")).toMatchObject({ pushedAtSeen: false });
    });

    it("takes away the one tag that was deleted by its name, and keeps its sibling", async () => {
      const digest = (await findTag("v1"))?.digest ?? "";
      await pushTag(client, "team/api", "stable", digest);
      await waitFor(async () => (await findTag("stable"))?.digest === digest, "the second tag");
      await client.deleteTag("team/api", "v1");
      await waitFor(async () => (await findTag("v1")) === null, "the deletion");
      expect(await findTag("stable")).toMatchObject({ digest });
      const moves = await db().tagMove.findMany({ where: { tagName: "v1" }, orderBy: { at: "asc" } });
      expect(moves.map((move) => [move.digest, move.source])).toEqual([
        [digest, "event"],
        [null, "event"],
      ]);
    });

    it("never counts our own crawl as a pull, and a real one it does", async () => {
      await crawlNow("three");
      await pushTag(client, "team/api", "marker", (await findTag("stable"))?.digest ?? "");
      await waitFor(async () => (await findTag("marker")) !== null, "the marker");
      const before = await db().registryEvent.count({ where: { action: "pull" } });
      await client.getManifest("team/api", "stable");
      await waitFor(
        async () => (await db().registryEvent.count({ where: { action: "pull" } })) === before + 1,
        "the pull",
      );
      // The client itself read the manifest twice to put other names on it.
      expect(before).toBe(2);
    });
  },
);
