import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
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

const { db } = attachTestDatabase();
let registryId: number;
let logs: KnownSource;
let notifications: KnownSource;
const hour = 3_600_000;
const begin = Date.now() - 20 * 24 * hour;
const at = (hours: number) => new Date(begin + hours * hour);

beforeAll(async () => {
  registryId = await connectTestRegistry("prod", "http://127.0.0.1:1");
  await createSource(testContext, { registry: "prod", kind: "registry-logs", name: "logs" });
  logs = await findTestSource(registryId, "registry-logs");
  notifications = await findTestSource(registryId);
});
beforeEach(async () => {
  await forgetFailures(db());
  await db().incidentRefold.deleteMany();
});

const failed = (hours: number, actor: string | null, more: Partial<RegistrySignal> = {}) =>
  plainSignal({
    eventId: randomUUID(),
    side: "log",
    action: "pull",
    cause: "not-found",
    repository: "shop/api",
    tag: "v2",
    actor,
    address: "10.0.0.9",
    agent: "skopeo/1.9.3",
    at: at(hours),
    raw: "{}",
    ...more,
  });
const pulled = (hours: number, actor: string | null, more: Partial<RegistrySignal> = {}) =>
  failed(hours, actor, { side: "notification", cause: null, ...more });

/** Told in this order, and folded after each as the clock stood then. */
async function live(signals: readonly RegistrySignal[], clock: (signal: RegistrySignal) => Date) {
  for (const signal of signals) {
    const now = clock(signal);
    const source = signal.cause === null ? notifications : logs;
    await ingestSignals(source, { signals: [signal], ignored: 0, unreadable: 0 }, now);
    await applyWaiting(registryId);
    await db().incidentRefold.updateMany({ data: { dueAt: now } });
    await foldDue(() => now);
  }
}

async function readIncidents() {
  const rows = await db().incident.findMany({ include: { hours: { orderBy: { hour: "asc" } } } });
  return rows
    .map(({ id: _id, createdAt: _created, updatedAt: _updated, hours, count, ...row }) => ({
      ...row,
      count: Number(count),
      hours: hours.map((one) => `${one.hour.toISOString()} ${one.count}`),
    }))
    .sort((a, b) => (a.foldKey < b.foldKey ? -1 : 1));
}

/** The same signals, all at once and at the end. */
async function readAtOnce(signals: readonly RegistrySignal[], now: Date) {
  const kept = await readIncidents();
  const sums = await db().failureHour.findMany({ orderBy: [{ hour: "asc" }, { cause: "asc" }] });
  await forgetFailures(db());
  for (const signal of signals) {
    const source = signal.cause === null ? notifications : logs;
    await ingestSignals(source, { signals: [signal], ignored: 0, unreadable: 0 }, now);
  }
  await applyWaiting(registryId);
  await db().incidentRefold.updateMany({ data: { dueAt: now, fromAt: new Date(begin) } });
  await foldDue(() => now);
  expect(kept).toEqual(await readIncidents());
  const plain = (rows: typeof sums) => rows.filter(({ count }) => count !== 0n);
  expect(plain(sums)).toEqual(
    plain(await db().failureHour.findMany({ orderBy: [{ hour: "asc" }, { cause: "asc" }] })),
  );
  return kept;
}

const atOnce = (signal: RegistrySignal) => new Date(signal.lastAt.getTime() + 10_000);

describe("what is folded again, and what is left as it is", () => {
  it("an incident that goes on for weeks does not cut another one in two that ended long ago", async () => {
    const goesOn = Array.from({ length: 30 }, (_, index) => failed(10 + index * 15, "robot:on"));
    const ended = [0, 4, 8, 12, 16].map((hours) => failed(hours, "robot:over", { address: "10.0.0.1" }));
    const over = pulled(18, "robot:over", { address: "10.0.0.1" });
    const told = [...goesOn, ...ended, over].sort((a, b) => a.at.getTime() - b.at.getTime());
    await live(told, atOnce);
    const incidents = await readAtOnce(told, at(10 + 29 * 15 + 0.1));
    expect(incidents.map(({ subject, count }) => [subject, count])).toEqual([
      ["robot:over", 5],
      ["robot:on", 30],
    ]);
  });

  it("what a nameless line belongs to is not forgotten as the days go by", async () => {
    const told = [
      failed(0, "robot:ci"),
      pulled(1, "robot:ci"),
      failed(20, null),
      failed(60, "robot:other", { address: "10.0.0.7" }),
      failed(67, "robot:other", { address: "10.0.0.7" }),
    ];
    await live(told, atOnce);
    const incidents = await readAtOnce(told, at(67.1));
    expect(incidents.map(({ subject }) => subject)).toEqual(["robot:ci", "robot:ci", "robot:other"]);
  });

  it("a failure of days ago that is told late joins what was within a day of it", async () => {
    const late = failed(20, "robot:ci");
    const told = [failed(0, "robot:ci"), failed(2, "robot:ci"), failed(200, "robot:new"), late];
    await live(told, (signal) => (signal === late ? at(201) : atOnce(signal)));
    const incidents = await readAtOnce(told, at(201));
    expect(incidents.map(({ subject, count }) => [subject, count])).toEqual([
      ["robot:ci", 3],
      ["robot:new", 1],
    ]);
  });
});

describe("F7: the clock of the process jumps between deliveries", () => {
  it.each([-24, 24])("by %i hours and back: no incident vanishes, none doubles", async (jump) => {
    const told = Array.from({ length: 12 }, (_, index) => [
      failed(index * 2, "robot:ci"),
      ...(index % 4 === 3 ? [pulled(index * 2 + 1, "robot:ci")] : []),
      failed(index * 2 + 1.5, `robot:${index % 3}`, { address: `10.0.1.${index % 3}`, tag: "v3" }),
    ]).flat();
    await live(told, (signal) => {
      const isOff = Math.floor((signal.at.getTime() - begin) / (4 * hour)) % 2 === 1;
      return new Date(atOnce(signal).getTime() + (isOff ? jump * hour : 0));
    });
    // Looked at once more by a clock that is right.
    const now = at(25);
    await db().incidentRefold.createMany({
      data: [{ registryId, repository: "shop/api", dueAt: now, fromAt: at(24) }],
      skipDuplicates: true,
    });
    await db().incidentRefold.updateMany({ data: { dueAt: now } });
    await foldDue(() => now);
    const incidents = await readAtOnce(told, now);
    expect(incidents.reduce((sum, { count }) => sum + count, 0)).toBe(24);
    expect(incidents).toHaveLength(6);
  });

  it("a process whose clock is a day off folds and judges what comes at once", async () => {
    for (const off of [-24, 24]) {
      const real = Date.now();
      const signal = failed(0, `robot:${off}`, { at: new Date(real - 60_000), provisional: true });
      vi.useFakeTimers({ toFake: ["Date"], now: real + off * hour });
      try {
        await ingestSignals(logs, { signals: [signal], ignored: 0, unreadable: 0 }, new Date());
        await applyWaiting(registryId);
        await foldDue();
      } finally {
        vi.useRealTimers();
      }
      expect(await db().incident.findMany({ where: { subject: `robot:${off}` } })).toMatchObject([
        { endedQuietly: false },
      ]);
    }
  });
});
