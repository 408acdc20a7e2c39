import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listHeard } from "#lib/events/heard-service";
import { ingestDoors } from "#lib/events/hot-door";
import { sendCanaries } from "#lib/events/marked-request-service";
import { evaluateSourceState } from "#lib/events/rules-source-state";
import type { Source, SourceKind } from "#lib/events/schema";
import { applyWaiting } from "#lib/events/service";
import { createSource, listSources } from "#lib/events/source-service";
import type { HotDoor } from "#lib/http/hot-door";
import type { RegistryClient } from "#lib/oci/client";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { createIngestSecret } from "#lib/registries/connection-service";
import { closeRegistryClients } from "#lib/registries/open-client";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow, testContext } from "#lib/testing/connect-test-registry";
import { pushImage } from "#lib/testing/push-content";
import { startHotDoors } from "#lib/testing/start-hot-doors";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";
import { shipRegistryLog } from "../../scripts/stack/ship-registry-log.ts";

const { db } = attachTestDatabase();
let registry: TestRegistry;
let registryId: number;
let client: RegistryClient;
let doors: Awaited<ReturnType<typeof startHotDoors>>;
let folder: string;
let isCut = false;
/** The doors at which something was thrown away. */
const cutAway = new Set<string>();
/** The wire to the console, cut where the test says so: what is sent then is gone. */
const cuttable = ingestDoors.map(
  (door): HotDoor => ({
    ...door,
    handle: async (request, response) => {
      if (!isCut) return door.handle(request, response);
      cutAway.add(door.definition.path);
      request.resume();
      response.writeHead(202).end("{}");
    },
  }),
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wharfinger-canary-"));
  doors = await startHotDoors(cuttable);
  const secret = randomBytes(24).toString("base64url");
  registry = await startTestRegistry({
    notificationsTo: { url: `${doors.url}/api/ingest/distribution`, secret },
  });
  registryId = await connectTestRegistry("told", registry.url);
  await createIngestSecret(testContext, "told", secret);
  const logs = await createSource(testContext, { registry: "told", kind: "registry-logs", name: "log" });
  void shipRegistryLog({
    logFile: registry.logFile,
    stateFile: join(folder, "position"),
    url: `${doors.url}/api/ingest/registry-logs`,
    secret: logs.secret,
  });
  client = createTestClient(registry.url, { userAgent: "docker/27 test" });
  await pushImage(client, "team/api", "v1", { layers: ["base"] });
  await crawlNow("told");
  await waitFor(async () => (await db().registryEvent.count({ where: { action: "push" } })) > 0, "the push");
  await applyWaiting(registryId);
}, 60_000);
afterAll(async () => {
  await closeRegistryClients();
  await client.close();
  await registry.stop();
  await doors.close();
  await rm(folder, { recursive: true, force: true });
});

async function waitFor(holds: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Not within 30 seconds: ${what}`);
    await db().$queryRaw`SELECT 1 AS one FROM pg_sleep(0.02)`;
  }
}

const kinds = ["distribution", "registry-logs"] as const;

async function readSource(kind: SourceKind): Promise<Source> {
  const found = (await listSources(testContext, "told")).find((source) => source.kind === kind);
  if (!found) throw new Error(`There is no source ${kind}.`);
  return found;
}

/** As the minute's tick does it, whenever the last one was. */
async function sendCanary(): Promise<void> {
  await db().registry.updateMany({ data: { canarySentAt: null } });
  await sendCanaries(new Date());
}

/** All that anybody is shown as a pull, a push or a failure. */
async function countAll() {
  await applyWaiting(registryId);
  const [events, hours, activity, incidents, refolds, tags] = await Promise.all([
    db().registryEvent.count(),
    db().eventHour.aggregate({ _sum: { count: true } }),
    db().activityDay.aggregate({ _sum: { pulls: true, pushes: true } }),
    db().incident.count(),
    db().incidentRefold.count(),
    db().tag.findMany({ select: { name: true, lastPulledAt: true } }),
  ]);
  return { events, hours, activity, incidents, refolds, tags };
}

describe("the marked request of each minute, at a real registry", () => {
  it("comes back through notifications and log, marks them as heard, and is counted nowhere", async () => {
    const before = await countAll();
    const accepted = await Promise.all(kinds.map(async (kind) => (await readSource(kind)).accepted));
    const sentAt = new Date();
    await sendCanary();
    for (const kind of kinds) {
      const isBack = async () => {
        const row = await db().eventSource.findFirst({ where: { registryId, kind } });
        return row?.canaryAt != null && row.canaryAt >= sentAt;
      };
      await waitFor(isBack, `the canary through ${kind}`);
      expect((await readSource(kind)).state).toBe("heard");
    }
    // What the registry tells comes in order: once this pull has come, all before it has.
    await client.getManifest("team/api", "v1");
    const pulls = () => db().registryEvent.count({ where: { action: "pull", side: "notification" } });
    await waitFor(async () => (await pulls()) === 1, "the pull after it");
    const told = await db().registryEvent.findMany({ where: { agent: { contains: "Wharfinger" } } });
    expect(told).toEqual([]);
    const after = await countAll();
    expect(after.activity._sum).toEqual({ pushes: before.activity._sum.pushes, pulls: 1 });
    expect([after.incidents, after.refolds]).toEqual([before.incidents, before.refolds]);
    expect(before.tags).toEqual([{ name: "v1", lastPulledAt: null }]);
    const [distribution] = accepted;
    expect((await readSource("distribution")).accepted).toBe((distribution ?? 0) + 1);
  });

  it("a source whose wire is cut is told as silent, and its time is a gap and no zero", async () => {
    isCut = true;
    const cutAt = new Date();
    await sendCanary();
    await client.getManifest("team/api", "v1");
    for (const kind of kinds)
      await waitFor(async () => cutAway.has(`/api/ingest/${kind}`), `what ${kind} tells is thrown away`);
    const rows = await db().eventSource.findMany({ where: { registryId, kind: { in: [...kinds] } } });
    expect(rows.every(({ canaryAt }) => canaryAt !== null && canaryAt < cutAt)).toBe(true);
    // Four minutes later nothing has come back.
    const later = new Date(cutAt.getTime() + 4 * 60_000);
    for (const kind of kinds) {
      const row = rows.find((one) => one.kind === kind);
      expect(row).toBeDefined();
      if (row === undefined) continue;
      const signs = { ...row, kind, secretSet: true };
      expect(evaluateSourceState(signs, cutAt)).toBe("heard");
      expect(evaluateSourceState(signs, later)).toBe("silent");
    }
    await db().$executeRaw`
      UPDATE event_source SET last_delivery_at = last_delivery_at - interval '4 minutes',
        canary_at = canary_at - interval '4 minutes' WHERE registry_id = ${registryId}`;
    for (const kind of kinds) expect((await readSource(kind)).state).toBe("silent");
    const from = new Date(Math.floor(cutAt.getTime() / 3_600_000) * 3_600_000);
    const heard = await listHeard([registryId], { from, to: new Date(from.getTime() + 2 * 3_600_000) });
    expect(heard.at(-1)).toMatchObject({ heard: 0, possible: 60 });
    isCut = false;
    await sendCanary();
    for (const kind of kinds)
      await waitFor(async () => (await readSource(kind)).state === "heard", `${kind} is heard again`);
  });
});
