import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestDoors } from "#lib/events/hot-door";
import {
  createSource,
  listSources,
  listUnreadableDeliveries,
  removeSource,
  rotateSourceSecret,
} from "#lib/events/source-service";
import { goodBodies, recently } from "#lib/events/testing/ingest-stage";
import { failureSeriesQuery } from "#lib/failures/schema-incidents";
import { listFailureSeries } from "#lib/failures/series-service";
import { createIngestSecret } from "#lib/registries/connection-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { createTestContext, createTestContextOf } from "#lib/testing/seed-inventory";
import { startHotDoors } from "#lib/testing/start-hot-doors";

const { db } = attachTestDatabase();
let doors: Awaited<ReturnType<typeof startHotDoors>>;
let prodId: number;
let otherId: number;

beforeAll(async () => {
  prodId = await connectTestRegistry("prod", "http://127.0.0.1:1");
  otherId = await connectTestRegistry("other", "http://127.0.0.1:2");
  doors = await startHotDoors(ingestDoors);
});
afterAll(() => doors.close());

const create = (name: string, more: object = {}) =>
  createSource(testContext, { registry: "prod", kind: "registry-logs", name, ...more });

async function post(secret: string, kind: "registry-logs" | "kubernetes" = "registry-logs") {
  const response = await fetch(`${doors.url}/api/ingest/${kind}`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify(goodBodies[kind](randomUUID(), recently())),
  });
  await response.body?.cancel();
  return response.status;
}

const find = async (id: number) => (await listSources(testContext, undefined)).find((one) => one.id === id);

describe("the secret of a source", () => {
  it("is shown once, kept as a hash, and never in lists, audit or events", async () => {
    const { source, secret } = await create("shown once");
    expect(secret.length).toBeGreaterThanOrEqual(32);
    const shown = JSON.stringify(await listSources(testContext, undefined));
    expect(shown).not.toContain(secret);
    expect(await post(secret)).toBe(202);
    const rotated = await rotateSourceSecret(testContext, source.id);
    await removeSource(testContext, source.id);
    const audit = await db().auditEvent.findMany({ where: { action: { startsWith: "source." } } });
    expect(audit.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["source.create", "source.secret", "source.end"]),
    );
    const rows = JSON.stringify(
      [audit, await db().eventSource.findMany(), await db().registryEvent.findMany()],
      (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value),
    );
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(rotated.secret);
  });

  it("another source's, or a registry's, is refused; of its own it opens one door only", async () => {
    const { secret } = await create("own");
    await expect(create("thief", { secret })).rejects.toMatchObject({ status: 422 });
    const { secret: ofRegistry } = await createIngestSecret(testContext, "other", undefined);
    await expect(create("thief", { secret: ofRegistry })).rejects.toMatchObject({ status: 422 });
    expect(await post(secret)).toBe(202);
    expect(await post(secret, "kubernetes")).toBe(401);
    expect(await db().registryEvent.count({ where: { registryId: otherId } })).toBe(0);
  });

  it("ends at once when it is rotated or its source ends, though it was believed a moment ago", async () => {
    const { source, secret } = await create("ending");
    expect(await post(secret)).toBe(202);
    const { secret: next } = await rotateSourceSecret(testContext, source.id);
    expect(await post(secret)).toBe(401);
    expect(await post(next)).toBe(202);
    const before = await db().registryEvent.count();
    await removeSource(testContext, source.id);
    expect(await post(next)).toBe(401);
    expect(await db().registryEvent.count()).toBe(before);
    expect(await find(source.id)).toBeUndefined();
    await expect(rotateSourceSecret(testContext, source.id)).rejects.toMatchObject({ status: 404 });
  });

  it("of notifications and of our own endpoint is not changed here", async () => {
    const own = await db().eventSource.findMany({
      where: { registryId: prodId, secretHash: null, endedAt: null },
    });
    expect(own.map(({ kind }) => kind).sort()).toEqual(["distribution", "token-denials"]);
    for (const { id } of own) {
      await expect(rotateSourceSecret(testContext, id)).rejects.toMatchObject({ status: 409 });
      await expect(removeSource(testContext, id)).rejects.toMatchObject({ status: 409 });
    }
  });
});

describe("who may do what with sources", () => {
  it("a viewer and whoever has another registry change and see nothing of it", async () => {
    const { source } = await create("guarded");
    const body = { registry: "prod", kind: "zot" as const, name: "x" };
    const viewer = createTestContextOf("viewer");
    const elsewhere = createTestContext([{ role: "admin", registryId: otherId, pattern: null }]);
    const part = createTestContext([{ role: "admin", registryId: prodId, pattern: "team/*" }]);
    const audits = await db().auditEvent.count({ where: { action: { startsWith: "source." } } });
    await expect(createSource(viewer, body)).rejects.toMatchObject({ status: 403 });
    for (const ctx of [viewer, elsewhere, part]) {
      await expect(createSource(ctx, body)).rejects.toMatchObject({
        status: expect.toBeOneOf([403, 404]) as number,
      });
      for (const deed of [() => rotateSourceSecret(ctx, source.id), () => removeSource(ctx, source.id)])
        await expect(deed()).rejects.toMatchObject({ status: expect.toBeOneOf([403, 404]) as number });
    }
    await expect(listSources(elsewhere, "prod")).rejects.toMatchObject({ status: 404 });
    expect((await listSources(elsewhere, undefined)).map(({ registry }) => registry)).toEqual([
      "other",
      "other",
    ]);
    expect(await listSources(part, undefined)).toEqual([]);
    await expect(listUnreadableDeliveries(elsewhere, source.id)).rejects.toMatchObject({
      status: expect.toBeOneOf([403, 404]) as number,
    });
    expect(await db().auditEvent.count({ where: { action: { startsWith: "source." } } })).toBe(audits);
  });
});

describe("whether a source speaks", () => {
  it.each([
    ["never heard", null, null, "never"],
    ["heard two minutes ago", 2, 2, "heard"],
    ["silent for four minutes, with a canary before", 4, 4, "silent"],
    ["quiet for four minutes, without a canary ever", 4, null, "quiet-or-silent"],
  ] as const)("%s", async (_name, delivered, canary, state) => {
    const { source } = await create(`state ${state}`);
    const ago = (minutes: number | null) =>
      minutes === null ? null : new Date(Date.now() - minutes * 60_000);
    await db().eventSource.update({
      where: { id: source.id },
      data: { lastDeliveryAt: ago(delivered), canaryAt: ago(canary) },
    });
    const read = await listSources({ ...testContext, now: new Date() }, "prod");
    expect(read.find(({ id }) => id === source.id)?.state).toBe(state);
    await removeSource(testContext, source.id);
  });

  it("minutes in which no log was heard are a gap in the series, hours before the first are none", async () => {
    const { source } = await createSource(testContext, {
      registry: "other",
      kind: "registry-logs",
      name: "gap",
    });
    const hour = 3_600_000;
    const begin = Math.floor(Date.now() / hour) * hour - 5 * hour;
    const minutes = (count: number) => (1n << BigInt(count)) - 1n;
    for (const [at, heard] of [
      [1, 60],
      [2, 30],
      [4, 15],
    ] as const)
      await db().eventSourceHour.create({
        data: { sourceId: source.id, hour: new Date(begin + at * hour), minutes: minutes(heard) },
      });
    const series = await listFailureSeries(
      { ...testContext, now: new Date() },
      failureSeriesQuery.parse({
        registry: "other",
        from: new Date(begin).toISOString(),
        to: new Date(begin + 5 * hour).toISOString(),
      }),
    );
    expect(series.heard).toEqual([null, 1, 0.5, 0, 0.25]);
  });
});
