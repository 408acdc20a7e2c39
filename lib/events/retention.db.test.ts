import { beforeAll, describe, expect, it } from "vitest";
import { ingestSignals } from "#lib/events/ingest-service";
import { tendEvents } from "#lib/events/jobs";
import { applyWaiting } from "#lib/events/service";
import { plainSignal } from "#lib/events/signal-fields";
import { dropEventsBefore } from "#lib/events/store-retention";
import { foldDue } from "#lib/failures/fold-service";
import { dropRuns } from "#lib/failures/signal-runs-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry } from "#lib/testing/connect-test-registry";
import { findTestSource } from "#lib/testing/find-test-source";

const { db } = attachTestDatabase();
const day = 86_400_000;
const now = Date.now();
let registryId: number;

beforeAll(async () => {
  registryId = await connectTestRegistry("told", "http://127.0.0.1:1");
  await db().$executeRaw`SELECT ensure_event_partitions(now() - interval '60 days', now())`;
  const source = await findTestSource(registryId);
  const signals = [1, 20, 50].map((age) =>
    plainSignal({
      eventId: `event-${age}`,
      side: "log",
      action: "pull",
      cause: "not-found",
      repository: `team/app-${age}`,
      tag: "v1",
      address: "10.1.2.3",
      agent: "skopeo/1.9.3",
      at: new Date(now - age * day),
      raw: '{"request":{"addr":"10.1.2.3:4711"}}',
    }),
  );
  await ingestSignals(source, { signals, ignored: 0, unreadable: 0 }, new Date(now));
  await applyWaiting(registryId);
  await foldDue();
});

describe("how long events are kept", () => {
  it("old weeks go, their sums and failures stay; addresses go sooner than the rest", async () => {
    await tendEvents(new Date(now), { eventDays: 40, addressDays: 10 });
    const events = await db().registryEvent.findMany({ orderBy: { at: "asc" } });
    expect(events.map(({ eventId, address, raw }) => [eventId, address, raw])).toEqual([
      ["event-20", null, {}],
      ["event-1", "10.1.2.3", { request: { addr: "10.1.2.3:4711" } }],
    ]);
    const sums = await db().eventHour.aggregate({ _sum: { count: true } });
    expect(Number(sums._sum.count)).toBe(3);
    const incidents = await db().incident.findMany({ orderBy: { lastAt: "asc" } });
    expect(incidents.map(({ addresses, subject }) => [addresses, subject])).toEqual([
      [[], "somewhere skopeo"],
      [[], "somewhere skopeo"],
      [["10.1.2.3"], "10.1.2.3 skopeo"],
    ]);
    const left = JSON.stringify([events.slice(0, 1), incidents.slice(0, 2)], (_key, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    );
    expect(left).not.toContain("10.1.2.3");
    const runs = await db().signalRun.findMany({ orderBy: { hour: "asc" } });
    expect(runs.map(({ reference, address }) => [reference, address])).toEqual([
      ["v1", null],
      ["v1", "10.1.2.3"],
    ]);
  });

  it("what is told of a time whose events are gone takes away nothing that is known of it", async () => {
    const before = await db().incident.findMany({ where: { repository: "team/app-50" } });
    expect(before).toHaveLength(1);
    const source = await findTestSource(registryId);
    const late = plainSignal({
      ...{ eventId: "late", side: "log", action: "pull", cause: "not-found", tag: "v2", raw: "{}" },
      ...{ repository: "team/app-50", at: new Date(now - 50 * day + 3_600_000) },
    });
    await ingestSignals(source, { signals: [late], ignored: 0, unreadable: 0 }, new Date(now));
    await applyWaiting(registryId);
    await foldDue();
    expect(await db().incident.findMany({ where: { repository: "team/app-50" } })).toEqual(before);
  });
});

describe("a failure that outlives its events", () => {
  const repository = "team/endless";
  const fail = async (...ats: number[]) => {
    const source = await findTestSource(registryId);
    const signals = ats.map((at) =>
      plainSignal({
        ...{
          eventId: `endless-${at}`,
          side: "log",
          action: "pull",
          cause: "not-found",
          repository,
          tag: "v1",
        },
        ...{ address: "10.9.9.9", agent: "skopeo/1.9.3", at: new Date(at), raw: "{}" },
      }),
    );
    await ingestSignals(source, { signals, ignored: 0, unreadable: 0 }, new Date(now));
    await applyWaiting(registryId);
    await foldDue();
  };
  const read = () =>
    db().incident.findMany({ where: { repository }, include: { hours: { orderBy: { hour: "asc" } } } });

  it("keeps its beginning, its count and its hours", async () => {
    const hours = Array.from({ length: 112 }, (_, index) => now - 56 * day + index * (day / 2));
    await fail(...hours);
    const [before] = await read();
    expect(Number(before?.count)).toBe(112);
    await dropEventsBefore(db(), new Date(now - 20 * day));
    await dropRuns(new Date(now), new Date(0));
    expect(await db().registryEvent.count({ where: { repository } })).toBeLessThan(60);
    for (const age of [3, 2, 1]) {
      await fail(now - age * 60_000);
      const after = await read();
      expect(after).toHaveLength(1);
      expect(after[0]?.firstAt).toEqual(before?.firstAt);
      expect(Number(after[0]?.count)).toBe(112 + 4 - age);
      expect(after[0]?.hours.reduce((sum, { count }) => sum + Number(count), 0)).toBe(112 + 4 - age);
      expect(after[0]?.hours.slice(0, 112)).toEqual(before?.hours);
      expect(after[0]?.id).toBe(before?.id);
    }
    const sums = await db().failureHour.aggregate({ _sum: { count: true } });
    const all = await db().incidentHour.aggregate({ _sum: { count: true } });
    expect(sums._sum.count).toBe(all._sum.count);
  });
});
