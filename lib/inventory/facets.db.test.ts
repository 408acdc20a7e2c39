import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import { listRepositoriesQuery, summariseRepositoriesQuery } from "#lib/inventory/schema";
import {
  countRepositoryFacets,
  listRepositories,
  summariseRepositories,
} from "#lib/inventory/service-repositories";
import {
  createTestContext,
  createTestContextOf,
  seedRegistry,
  seedRepository,
  useTestDatabase,
} from "#lib/testing/seed-inventory";

const now = new Date("2026-06-15T12:00:00Z");
const admin = { ...createTestContextOf("admin"), now };
let database: Awaited<ReturnType<typeof useTestDatabase>>;
let telling: number;

beforeAll(async () => {
  database = await useTestDatabase();
  const { db } = database;
  telling = await seedRegistry(db, "telling", { protectedPatterns: ["prod/**", "team/api"] });
  const silent = await seedRegistry(db, "silent", { protectedPatterns: ["prod/*"] });
  await db.registry.update({
    where: { id: telling },
    data: { pullsSince: new Date("2026-06-01T00:00:00Z") },
  });
  await db.registry.update({ where: { id: silent }, data: { state: "failing", stateDetail: "It is away." } });
  const pulled = new Date("2026-06-14T12:00:00Z");
  const seed = async (
    registryId: number,
    name: string,
    kind: string | null,
    lastPulledAt: Date | null,
    uniqueBytes: bigint | null,
  ) => {
    const id = await seedRepository(db, registryId, name, { lastPulledAt, sizeBytes: 100n });
    await db.repository.update({ where: { id }, data: { kind, uniqueBytes } });
    return id;
  };
  const api = await seed(telling, "prod/deep/api", "image", pulled, 30n);
  await seed(telling, "prod/chart", "helm-chart", null, 100n);
  await seed(telling, "team/api", "image", null, null);
  await seed(telling, "team/api2", "artifact", pulled, 0n);
  await seed(silent, "prod/web", "image", null, 10n);
  await seed(silent, "prod/deep/web", "image", null, 10n);
  await seed(silent, "tools", null, null, 10n);
  for (const day of ["2026-06-01", "2026-06-13", "2026-06-14", "2026-06-15"])
    await db.registryDay.create({ data: { registryId: telling, day: new Date(day) } });
  await db.repositoryDay.create({
    data: { repositoryId: api, day: new Date("2026-06-14"), pulls: 41, pushes: 2 },
  });
  await db.repositoryDay.create({
    data: { repositoryId: api, day: new Date("2026-05-16"), pulls: 99, pushes: 0 },
  });
});
afterAll(() => database.drop());

async function names(query: object, ctx: Context = admin): Promise<string[]> {
  const page = await listRepositories(ctx, listRepositoriesQuery.parse(query));
  return page.items.map((item) => `${item.registry}/${item.name}`);
}
const countFacets = (query: object, ctx: Context = admin) =>
  countRepositoryFacets(ctx, summariseRepositoriesQuery.parse(query));

describe("filters of the list", () => {
  it("protected is decided by each registry's own patterns", async () => {
    expect(await names({ protected: "true" })).toEqual([
      "telling/prod/chart",
      "telling/prod/deep/api",
      "silent/prod/web",
      "telling/team/api",
    ]);
    const others = await names({ protected: "false" });
    expect(others).toEqual(["silent/prod/deep/web", "telling/team/api2", "silent/tools"]);
    for (const item of (await listRepositories(admin, listRepositoriesQuery.parse({ protected: "true" })))
      .items)
      expect(item.protected).toBe(true);
  });

  it("never pulled is only said where pulls are told of", async () => {
    expect(await names({ pulled: "never" })).toEqual(["telling/prod/chart", "telling/team/api"]);
    expect(await names({ pulled: "unknown" })).toEqual([
      "silent/prod/deep/web",
      "silent/prod/web",
      "silent/tools",
    ]);
    expect(await names({ pulled: "seen" })).toEqual(["telling/prod/deep/api", "telling/team/api2"]);
  });

  it("stale, kind and the others narrow together", async () => {
    expect(await names({ stale: "true" })).toHaveLength(3);
    expect(await names({ stale: "false", kind: "image" })).toEqual([
      "telling/prod/deep/api",
      "telling/team/api",
    ]);
    expect(await names({ stale: "true", protected: "true" })).toEqual(["silent/prod/web"]);
    expect(await names({ kind: "helm-chart", pulled: "never", protected: "true", q: "chart" })).toEqual([
      "telling/prod/chart",
    ]);
  });

  it("every filter counts what it would leave beside the others, and the line of truth counts the same", async () => {
    expect(await countFacets({})).toEqual({
      protected: 4,
      neverPulled: 2,
      stale: 3,
      kinds: { image: 4, "helm-chart": 1, artifact: 1 },
      silentRegistries: ["silent"],
    });
    expect(await countFacets({ protected: "true" })).toMatchObject({
      protected: 4,
      neverPulled: 2,
      stale: 1,
      kinds: { image: 3, "helm-chart": 1, artifact: 0 },
    });
    expect(await countFacets({ registry: "telling", kind: "artifact" })).toMatchObject({
      protected: 0,
      kinds: { image: 2, "helm-chart": 1, artifact: 1 },
      silentRegistries: [],
    });
    const summary = await summariseRepositories(admin, summariseRepositoriesQuery.parse({ pulled: "never" }));
    expect(summary.repositoryCount).toBe(2);
  });

  it("W2: somebody who sees a part counts that part, and is not told what is shared with the rest", async () => {
    const part = { ...createTestContext([{ role: "viewer", registryId: telling, pattern: "prod/**" }]), now };
    expect(await countFacets({}, part)).toEqual({
      protected: 2,
      neverPulled: 1,
      stale: 0,
      kinds: { image: 1, "helm-chart": 1, artifact: 0 },
      silentRegistries: [],
    });
    const { items } = await listRepositories(part, listRepositoriesQuery.parse({}));
    expect(items.map((item) => item.uniqueBytes)).toEqual([null, null]);
  });
});

describe("rows of the list", () => {
  it("pulls of thirty days: a day nobody told of is unknown, a day without pulls is zero", async () => {
    const { items } = await listRepositories(admin, listRepositoriesQuery.parse({}));
    const byName = new Map(items.map((item) => [item.name, item]));
    const api = byName.get("prod/deep/api")?.dailyPulls ?? [];
    expect(api).toHaveLength(30);
    expect(api.slice(-3)).toEqual([0, 41, 0]);
    expect(api[15]).toBe(0);
    expect(api.filter((pulls) => pulls === null)).toHaveLength(26);
    expect(byName.get("team/api")?.dailyPulls?.slice(-3)).toEqual([0, 0, 0]);
    expect(byName.get("prod/web")?.dailyPulls).toBeNull();
  });

  it("bytes that are theirs alone, once counted", async () => {
    const { items } = await listRepositories(admin, listRepositoriesQuery.parse({ registry: "telling" }));
    expect(items.map(({ name, uniqueBytes }) => [name, uniqueBytes])).toEqual([
      ["prod/chart", 100],
      ["prod/deep/api", 30],
      ["team/api", null],
      ["team/api2", 0],
    ]);
  });
});
