import { beforeAll, describe, expect, it } from "vitest";
import { ingestSignals } from "#lib/events/ingest-service";
import { tendEvents } from "#lib/events/jobs";
import { applyWaiting } from "#lib/events/service";
import { plainSignal } from "#lib/events/signal-fields";
import { foldDue } from "#lib/failures/fold-service";
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
  });
});
