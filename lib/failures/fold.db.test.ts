import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ingestSignals } from "#lib/events/ingest-service";
import type { KnownSource } from "#lib/events/known-source";
import { applyWaiting } from "#lib/events/service";
import type { RegistrySignal } from "#lib/events/signal";
import { plainSignal } from "#lib/events/signal-fields";
import { createSource } from "#lib/events/source-service";
import { foldDue } from "#lib/failures/fold-service";
import { changeFailure, commentOnFailure, getFailure, listFailures } from "#lib/failures/incident-service";
import { failureSeriesQuery, listFailuresQuery } from "#lib/failures/schema-incidents";
import { listFailureSeries } from "#lib/failures/series-service";
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
beforeEach(async () => {
  await forgetFailures(db());
  await db().incidentRefold.deleteMany();
});

const start = Date.now() - 6 * 3_600_000;
const minutes = (count: number) => new Date(start + count * 60_000);

function signal(more: Partial<RegistrySignal>): RegistrySignal {
  const at = more.at ?? minutes(0);
  return plainSignal({
    eventId: randomUUID(),
    side: "log",
    action: "pull",
    cause: "not-found",
    repository: "shop/api",
    tag: "v2",
    actor: "robot:ci",
    address: "10.0.0.9",
    agent: "skopeo/1.9.3",
    lastAt: at,
    raw: "{}",
    ...more,
    at,
  });
}

const kubelet = (more: Partial<RegistrySignal>) =>
  signal({
    side: "kubernetes",
    actor: null,
    address: null,
    agent: null,
    cluster: "eu",
    namespace: "shop",
    workload: "Deployment/api",
    node: "node-1",
    ...more,
  });
const pulled = (more: Partial<RegistrySignal>) => signal({ side: "notification", cause: null, ...more });

async function tell(source: KnownSource, ...signals: RegistrySignal[]): Promise<void> {
  await ingestSignals(source, { signals, ignored: 0, unreadable: 0 }, new Date());
}

async function fold(): Promise<void> {
  await applyWaiting(registryId);
  await foldDue();
}

async function readIncidents() {
  const rows = await db().incident.findMany({
    orderBy: [{ repository: "asc" }, { foldKey: "asc" }],
    include: { hours: { orderBy: { hour: "asc" } } },
  });
  return rows.map(({ id: _id, createdAt: _created, updatedAt: _updated, hours, ...row }) => ({
    ...row,
    hours: hours.map(({ hour, count }) => [hour.toISOString(), Number(count)]),
  }));
}

const list = (more: object = {}) => listFailures(testContext, listFailuresQuery.parse(more));

describe("failed pulls as incidents", () => {
  it("one deployment that fails on 40 nodes for an hour is one row, however often it is told", async () => {
    const told = Array.from({ length: 40 }, (_, node) =>
      kubelet({ node: `node-${node}`, count: 12, at: minutes(node / 10), lastAt: minutes(60) }),
    );
    await tell(cluster, ...told);
    await fold();
    // The same events grow, as an exporter sends them again and again.
    await tell(cluster, ...told.map((one) => ({ ...one, count: 15, lastAt: minutes(62) })));
    await tell(cluster, ...told);
    await fold();
    const { items } = await list();
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ count: 600, workload: "Deployment/api", cluster: "eu", state: "open" });
    const hours = await db().failureHour.aggregate({ _sum: { count: true } });
    expect(Number(hours._sum.count)).toBe(600);
  });

  it("two deployments are two rows, though the registry tells of both in the same words", async () => {
    await tell(cluster, kubelet({}), kubelet({ workload: "Deployment/web" }));
    await tell(
      logs,
      signal({ agent: "containerd/1.7", actor: null, at: minutes(0.1) }),
      signal({ agent: "containerd/1.7", actor: null, address: "10.0.0.10", at: minutes(0.2) }),
    );
    await fold();
    expect((await list()).items.map(({ workload }) => workload).sort()).toEqual([
      "Deployment/api",
      "Deployment/web",
    ]);
  });

  it("what did not change is not written again", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `Deployment/web-${index}`);
    await tell(cluster, ...names.map((workload) => kubelet({ workload })));
    await fold();
    const before = await db().incident.findMany({ orderBy: { id: "asc" } });
    await tell(cluster, kubelet({ workload: "Deployment/web-7", at: minutes(4), lastAt: minutes(4) }));
    await fold();
    const after = await db().incident.findMany({ orderBy: { id: "asc" } });
    const changed = after.filter(
      (row, index) => row.updatedAt.getTime() !== before[index]?.updatedAt.getTime(),
    );
    expect(changed.map(({ workload, count }) => [workload, Number(count)])).toEqual([
      ["Deployment/web-7", 2],
    ]);
  });

  it("E2 E3: any order, any repetition and any batches give the same rows", async () => {
    const told = [
      kubelet({ eventId: "k1", count: 3, lastAt: minutes(9) }),
      kubelet({ eventId: "k2", cause: "no-cause-in-text", at: minutes(2), lastAt: minutes(2) }),
      signal({ eventId: "l1", agent: "containerd/1.7", actor: null, at: minutes(0.2) }),
      signal({ eventId: "l2", at: minutes(3) }),
      signal({ eventId: "l3", at: minutes(7) }),
      signal({ eventId: "l4", cause: null, at: minutes(20) }),
      signal({ eventId: "l5", at: minutes(40) }),
    ];
    const sourceOf = (one: RegistrySignal) => (one.side === "kubernetes" ? cluster : logs);
    const tellAll = async (signals: readonly RegistrySignal[]) => {
      for (const one of signals) await tell(sourceOf(one), one);
    };
    await tellAll(told);
    await fold();
    const wanted = await readIncidents();
    expect(wanted.length).toBeGreaterThan(1);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...told, ...told], { minLength: 14, maxLength: 14 }),
        fc.integer({ min: 1, max: 14 }),
        async (order, cut) => {
          await db().registryEvent.deleteMany();
          await db().signalRun.deleteMany();
          await db().incident.deleteMany();
          await tellAll(order.slice(0, cut));
          await fold();
          await tellAll(order.slice(cut));
          await fold();
          expect(await readIncidents()).toEqual(wanted);
        },
      ),
      { numRuns: fuzzRuns(12, 500) },
    );
  });

  it("recovers by a later pull of the same client and not by another's; a new failure is a new row", async () => {
    await tell(logs, signal({ at: minutes(0) }));
    await tell(notifications, pulled({ at: minutes(5), address: "10.9.9.9", actor: "robot:other" }));
    await fold();
    expect((await list()).items[0]?.state).toBe("open");
    await tell(notifications, pulled({ at: minutes(6) }));
    await fold();
    expect((await list()).items[0]).toMatchObject({
      state: "recovered",
      recoveredAt: minutes(6).toISOString(),
    });
    await tell(logs, signal({ at: minutes(30) }));
    await fold();
    expect((await list()).items.map(({ state }) => state)).toEqual(["open", "recovered"]);
  });

  it("what people said stays when an earlier failure becomes known", async () => {
    await tell(logs, signal({ at: minutes(30) }));
    await fold();
    const id = (await list()).items[0]?.id ?? "";
    await changeFailure(testContext, id, { state: "acknowledged" });
    await commentOnFailure(testContext, id, "The build is late.");
    await tell(logs, signal({ at: minutes(10) }));
    await fold();
    const { items } = await list();
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      id,
      state: "acknowledged",
      count: 2,
      firstAt: minutes(10).toISOString(),
    });
    const detail = await getFailure(testContext, id);
    expect(detail.comments.map(({ text }) => text)).toEqual(["The build is late."]);
    expect(detail.evidence).toHaveLength(2);
  });

  it("is not without what failed when its client pulls well all the time beside it", async () => {
    await tell(logs, signal({ at: minutes(0) }), signal({ at: minutes(1) }));
    const beside = Array.from({ length: 70 }, (_, index) => pulled({ at: minutes(2 + index / 10) }));
    await tell(notifications, ...beside);
    await fold();
    const { evidence } = await getFailure(testContext, (await list()).items[0]?.id ?? "");
    expect(evidence.filter(({ cause }) => cause !== null)).toHaveLength(2);
    expect(evidence.filter(({ cause }) => cause === null)).toHaveLength(60);
    const times = evidence.map(({ at }) => at);
    expect(times).toEqual([...times].sort().reverse());
  });

  it("keeps its address when it becomes known whose it is", async () => {
    const client = { address: "10.0.0.7", agent: "skopeo/1.9.3", cause: "no-grant" as const };
    await tell(logs, signal({ ...client, actor: null, at: minutes(1) }));
    await fold();
    const id = (await list()).items[0]?.id ?? "";
    await tell(logs, signal({ ...client, actor: "robot:late", at: minutes(1.01) }));
    await fold();
    expect((await list()).items).toMatchObject([{ id, principal: "robot:late", count: 2 }]);
  });

  it("names a tag that was deleted, and one that never was", async () => {
    const { id: repositoryId } = await db().repository.create({ data: { registryId, name: "shop/known" } });
    const digest = `sha256:${"a".repeat(64)}`;
    const move = { repositoryId, tagName: "v1", source: "event" };
    await db().tagMove.create({ data: { ...move, digest, at: minutes(-100) } });
    await db().tagMove.create({ data: { ...move, digest: null, at: minutes(-50), actor: "robot:janitor" } });
    await tell(
      logs,
      signal({ repository: "shop/known", tag: "v1" }),
      signal({ repository: "shop/known", tag: "v9" }),
      signal({ repository: "shop/unknown", tag: "v1" }),
    );
    await fold();
    const { items } = await list();
    expect(items.map(({ repository, reference, cause }) => [repository, reference, cause]).sort()).toEqual([
      ["shop/known", "v1", "tag-deleted"],
      ["shop/known", "v9", "tag-never-existed"],
      ["shop/unknown", "v1", "not-found"],
    ]);
  });

  it("a series adds up to what the rows add up to, by whatever it is drawn", async () => {
    const told = Array.from({ length: 30 }, (_, index) =>
      signal({ at: minutes(index * 7), repository: `team/r${index % 4}` }),
    );
    await tell(logs, ...told);
    await fold();
    const { items } = await list({ limit: 500 });
    expect(items.reduce((total, { count }) => total + count, 0)).toBe(30);
    const window = { from: new Date(start - 3_600_000).toISOString(), to: new Date().toISOString() };
    for (const by of ["cause", "registry", "repository", "principal", "client", "cluster", "none"] as const)
      for (const [step, sum] of [["hour"], ["day"], ["week"], ["day", "true"]] as const) {
        const query = failureSeriesQuery.parse({
          ...window,
          by,
          step,
          sum,
          zone: "America/St_Johns",
          top: 2,
        });
        const series = await listFailureSeries(testContext, query);
        expect(series.total, `${by} ${step}`).toBe(30);
        if (by === "client") expect(series.series.map(({ key }) => key)).toEqual(["skopeo"]);
        const counts = series.series.flatMap((line) => line.counts);
        expect(counts.reduce((a, b) => a + b, 0)).toBe(30);
        expect(series.series.every((line) => line.counts.length === series.at.length)).toBe(true);
      }
  });
});
