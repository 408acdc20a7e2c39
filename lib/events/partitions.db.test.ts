import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ingestSignals } from "#lib/events/ingest-service";
import { plainSignal } from "#lib/events/signal-fields";
import { ensureEventPartitions } from "#lib/events/store-sources";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry } from "#lib/testing/connect-test-registry";
import { findTestSource } from "#lib/testing/find-test-source";

const { db } = attachTestDatabase();
let registryId: number;
const week = 7 * 86_400_000;

beforeAll(async () => {
  registryId = await connectTestRegistry("told", "http://127.0.0.1:1");
});

async function tell(at: Date, eventId: string = randomUUID()) {
  const signal = plainSignal({
    eventId,
    side: "notification",
    action: "push",
    repository: "team/api",
    tag: "v1",
    at,
    raw: "{}",
  });
  const source = await findTestSource(registryId);
  return ingestSignals(source, { signals: [signal], ignored: 0, unreadable: 0 }, new Date());
}

const listPlaces = (eventId: string) =>
  db().$queryRaw<{ place: string }[]>`
    SELECT tableoid::regclass::text AS place FROM registry_event WHERE event_id = ${eventId}`;

describe("the weeks of events", () => {
  it("what claimed to be of a week before there was a place for it moves there, and is still known", async () => {
    const ahead = new Date(Date.now() + 10 * week);
    await tell(ahead, "ahead");
    await tell(new Date(Date.now() - 52 * week), "ancient");
    expect(await listPlaces("ahead")).toEqual([{ place: "registry_event_other" }]);
    await ensureEventPartitions(db(), new Date(Date.now() + 8 * week));
    const [moved] = await listPlaces("ahead");
    expect(moved?.place).toMatch(/^registry_event_\d{8}$/);
    expect(await listPlaces("ancient")).toEqual([{ place: "registry_event_other" }]);
    expect(await tell(ahead, "ahead")).toMatchObject({ accepted: 0, duplicate: 1 });
    await ensureEventPartitions(db(), new Date(Date.now() + 8 * week));
    expect(await db().registryEvent.count()).toBe(2);
  });

  it("new places are made while events come, and none of these is lost", async () => {
    const before = await db().registryEvent.count();
    const told = Array.from({ length: 60 }, (_, index) =>
      tell(new Date(Date.now() + (14 + index / 8) * week)),
    );
    const made = Promise.all([
      ensureEventPartitions(db(), new Date(Date.now() + 12 * week)),
      ensureEventPartitions(db(), new Date(Date.now() + 15 * week)),
    ]);
    await Promise.all([...told, made]);
    expect((await db().registryEvent.count()) - before).toBe(60);
  });

  it("a week that was looked at while it was empty is searched by identity, however full it is since", async () => {
    const at = new Date(Date.now() - week / 2);
    await db().$executeRaw`TRUNCATE registry_event`;
    await db().$executeRawUnsafe("VACUUM ANALYZE registry_event");
    for (let round = 0; round < 3; round++)
      await Promise.all(Array.from({ length: 100 }, (_, index) => tell(at, `full-${round}-${index}`)));
    expect(await tell(new Date(at.getTime() + 60_000), "full-1-50")).toMatchObject({ duplicate: 1 });
    const { id } = await findTestSource(registryId);
    const reads = await db().$transaction(async (tx) => {
      await tx.$queryRaw`SELECT at FROM find_known_events(ARRAY[${registryId}::int], ARRAY[${id}::int],
        ARRAY['full-1-50'], ARRAY[${at}::timestamptz])`;
      const [row] = await tx.$queryRaw<{ entries: number }[]>`
        SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid))::int AS entries
        FROM pg_stat_user_indexes WHERE relname LIKE 'registry_event%'`;
      return row?.entries;
    });
    // Another index would have been read from end to end.
    expect(reads).toBeLessThan(10);
  });
});
