import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ingestSignals } from "#lib/events/ingest-service";
import type { KnownSource } from "#lib/events/known-source";
import { applyWaiting } from "#lib/events/service";
import type { RegistrySignal } from "#lib/events/signal";
import { plainSignal } from "#lib/events/signal-fields";
import { createSource } from "#lib/events/source-service";
import { foldDue } from "#lib/failures/fold-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { findTestSource } from "#lib/testing/find-test-source";
import { forgetFailures } from "#lib/testing/forget-failures";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const { db } = attachTestDatabase();
let registryId: number;
let logs: KnownSource;
let cluster: KnownSource;
let notifications: KnownSource;

beforeAll(async () => {
  registryId = await connectTestRegistry("prod", "http://127.0.0.1:1");
  await createSource(testContext, { registry: "prod", kind: "registry-logs", name: "logs" });
  await createSource(testContext, { registry: "prod", kind: "kubernetes", name: "cluster", cluster: "eu" });
  logs = await findTestSource(registryId, "registry-logs");
  cluster = await findTestSource(registryId, "kubernetes");
  notifications = await findTestSource(registryId);
});
beforeEach(clear);

async function clear(): Promise<void> {
  await forgetFailures(db());
  await db().signalCover.deleteMany();
  await db().incidentRefold.deleteMany();
}

const begin = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 6 * 3_600_000;
let number = 0;

function tell(minutes: number, more: Partial<RegistrySignal>): RegistrySignal {
  number += 1;
  return plainSignal({
    ...{ eventId: `e${number}`, side: "log", action: "pull", cause: "not-found", repository: "shop/api" },
    ...{ tag: "v2", at: new Date(begin + minutes * 60_000), raw: "{}" },
    ...more,
  });
}

const ofNode = (node: number, workload = "Deployment/api"): Partial<RegistrySignal> => ({
  ...{ side: "kubernetes", cluster: "eu", namespace: "shop", workload, node: `node-${node}` },
});
const ofRuntime = (node: number): Partial<RegistrySignal> => ({
  address: `10.0.0.${node}`,
  agent: "containerd/1.7",
});
const ofRobot = { actor: "robot:ci", address: "10.1.0.1", agent: "skopeo/1.9.3" };

async function ingest(signals: readonly RegistrySignal[]): Promise<void> {
  for (const source of [cluster, logs, notifications]) {
    const theirs = signals.filter(({ side }) =>
      side === "kubernetes" ? source === cluster : source === (side === "log" ? logs : notifications),
    );
    if (theirs.length > 0)
      await ingestSignals(source, { signals: theirs, ignored: 0, unreadable: 0 }, new Date());
  }
  await applyWaiting(registryId);
}

async function readIncidents() {
  const rows = await db().incident.findMany({
    orderBy: { foldKey: "asc" },
    include: { hours: { orderBy: { hour: "asc" } } },
  });
  return rows.map(({ id: _id, createdAt: _created, updatedAt: _updated, hours, ...row }) => ({
    ...row,
    hours: hours.map(({ hour, count }) => `${hour.toISOString()} ${count}`),
  }));
}

/** Every minute of three hours a fleet fails, and a robot that now and then gets through. */
function tellOfAll(): RegistrySignal[] {
  const minutes = Array.from({ length: 150 }, (_, minute) => minute + 10);
  return minutes.flatMap((minute) => [
    ...[1, 2, 3].map((node) => tell(minute + node / 10, ofNode(node))),
    ...[1, 2, 3].map((node) => tell(minute + node / 10 + 0.01, ofRuntime(node))),
    tell(minute + 0.5, { ...ofRobot, tag: "v1" }),
    ...(minute % 37 === 0
      ? [tell(minute + 0.8, { ...ofRobot, tag: "v1", side: "notification", cause: null })]
      : []),
    ...(minute % 5 === 0
      ? [
          tell(minute, { ...ofRobot, tag: "v3", cause: "not-signed-in", provisional: true }),
          tell(minute + 0.05, { ...ofRobot, tag: "v3", side: "notification", cause: null }),
        ]
      : []),
  ]);
}

describe("E2 E3: a fleet that fails all the time", () => {
  it("gives the same rows in any order and batches, and told twice", async () => {
    const told = tellOfAll();
    await ingest(told);
    await foldDue();
    const wanted = await readIncidents();
    const [fleet] = wanted.filter(({ workload }) => workload !== null);
    expect(fleet).toMatchObject({ workload: "Deployment/api", count: 450n });
    expect(wanted.filter(({ principal }) => principal === "robot:ci").length).toBe(5);
    expect(wanted).toHaveLength(6);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(told, { minLength: told.length }),
        fc.array(fc.nat(told.length), { minLength: 2, maxLength: 4 }),
        async (order, cuts) => {
          await clear();
          const bounds = [0, ...cuts.sort((a, b) => a - b), told.length];
          for (const [index, bound] of bounds.entries()) {
            await ingest(order.slice(bounds[index - 1] ?? 0, bound));
            await foldDue();
          }
          await ingest(told.slice(0, 200));
          await foldDue();
          expect(await readIncidents()).toEqual(wanted);
        },
      ),
      { numRuns: fuzzRuns(2, 100) },
    );
  });

  it("a pull that went well is found by a failure of before that is told later", async () => {
    const late = tell(100, ofRobot);
    await ingest([tell(130, { ...ofRobot, side: "notification", cause: null })]);
    await foldDue();
    await ingest([tell(30, ofNode(1))]);
    await foldDue();
    await ingest([late]);
    await foldDue();
    expect((await readIncidents()).map(({ subject, recoveredAt }) => [subject, recoveredAt])).toEqual([
      ["eu/shop/Deployment/api", null],
      ["robot:ci", new Date(begin + 130 * 60_000)],
    ]);
  });
});

describe("50,000 failures of a repository in two days", () => {
  it("a new one is taken in within a second, one deployment is one row", async () => {
    const { id } = cluster;
    await db().$executeRaw`
      INSERT INTO registry_event (registry_id, source_id, event_id, side, action, cause, repository, tag, cluster,
        namespace, workload, node, at, last_at, raw, applied_at)
      SELECT ${registryId}, ${id}, 'flood-' || i, 'kubernetes', 'pull', 'not-found', 'shop/api', 'v2', 'eu', 'shop',
        'Deployment/api', 'node-' || i % 40, a.at, a.at, '{}', now()
      FROM generate_series(1, 50000) i, LATERAL (SELECT date_trunc('second', now() - i * interval '3.2 seconds')) a(at)`;
    await db().incidentRefold.create({
      data: { registryId, repository: "shop/api", dueAt: new Date(), fromAt: new Date() },
    });
    await foldDue();
    const took: number[] = [];
    for (const node of [1, 2, 3, 4]) {
      await ingest([tell(0, { ...ofNode(node), at: new Date(Date.now() - 1_000) })]);
      const beganAt = performance.now();
      await foldDue();
      took.push(performance.now() - beganAt);
    }
    // A machine may be busy: it is asked of the quickest.
    expect(Math.min(...took)).toBeLessThan(1_000);
    expect(await readIncidents()).toMatchObject([{ workload: "Deployment/api", count: 50_004n }]);
    expect(await db().signalRun.count()).toBeLessThan(5_000);
    await ingest([tell(0, { ...ofNode(1, "Deployment/web"), at: new Date(Date.now() - 1_000) })]);
    await foldDue();
    expect((await readIncidents()).map(({ workload }) => workload).sort()).toEqual([
      "Deployment/api",
      "Deployment/web",
    ]);
  });
});
