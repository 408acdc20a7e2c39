import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { recordActivity } from "#lib/activity/record-activity";
import { activityRepositoriesQuery, activitySeriesQuery } from "#lib/activity/schema";
import { listActivityRepositories, listActivitySeries } from "#lib/activity/service";
import { areWindowsAt, keptWindowDays, moveDueWindows } from "#lib/activity/store-windows";
import type { Context } from "#lib/auth/context";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";

const { db } = attachTestDatabase();
const dayMs = 86_400_000;
const today = Date.parse("2026-11-20T00:00:00Z");
const at = (day: number) => new Date(today + day * dayMs + 43_200_000);
let registries: number[];

type Told = Parameters<typeof recordActivity>[2][number];

const repositories = ["shop/api", "shop/web", "base/alpine", "z"];
const toldArbitrary = fc.record({
  registry: fc.nat(1),
  event: fc.record({
    action: fc.constantFrom<Told["action"]>("push", "pull", "delete"),
    repository: fc.constantFrom(...repositories),
    tag: fc.constantFrom("v1", null),
    actor: fc.constantFrom("ci", "ann", null),
    // Around the edges of every window, and into tomorrow, as clocks that are ahead would have it.
    at: fc.constantFrom(-400, -364, -363, -91, -90, -89, -30, -29, -8, -7, -6, -1, 0, 1, 2).map(at),
  }),
});

beforeAll(async () => {
  registries = [
    await connectTestRegistry("one", "http://127.0.0.1:1"),
    await connectTestRegistry("two", "http://127.0.0.1:2"),
  ];
});

async function clear(): Promise<void> {
  await db()
    .$executeRaw`TRUNCATE activity_day, activity_repository_day, activity_actor_day, activity_registry_day,
    activity_window, activity_window_end`;
}

const windowOf = (days: number, day: number) => ({
  from: new Date(today + (day + 1 - days) * dayMs).toISOString(),
  to: new Date(today + (day + 1) * dayMs).toISOString(),
});

const ask = (days: number, day: number, sort: string, ctx: Context) =>
  listActivityRepositories(
    ctx,
    activityRepositoriesQuery.parse({ ...windowOf(days, day), sort, limit: 100 }),
  );

/** The same, added up from the events themselves. */
function expected(told: readonly { registry: number; event: Told }[], days: number, day: number) {
  const sums = new Map<string, { pushes: number; pulls: number; deletes: number }>();
  for (const { registry, event } of told) {
    if (event.action === "push" && event.tag === null) continue;
    const age = Math.floor((event.at.getTime() - today) / dayMs) - day;
    if (age > 0 || age <= -days) continue;
    const key = `${["one", "two"][registry]}/${event.repository}`;
    const sum = sums.get(key) ?? { pushes: 0, pulls: 0, deletes: 0 };
    if (event.action === "push") sum.pushes += 1;
    else if (event.action === "pull") sum.pulls += 1;
    else sum.deletes += 1;
    sums.set(key, sum);
  }
  return sums;
}

describe("windows that are kept added up", () => {
  it("are the sums of their days, whatever comes in which order, also after the day has ended", async () => {
    const ctx = { ...testContext, now: at(0) };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(toldArbitrary, { maxLength: 8 }), { maxLength: 4 }),
        fc.array(fc.array(toldArbitrary, { maxLength: 8 }), { maxLength: 2 }),
        fc.boolean(),
        async (before, after, isMoved) => {
          await clear();
          const record = async (batches: typeof before, day: number) => {
            for (const batch of batches)
              for (const [index, id] of registries.entries()) {
                const events = batch.filter(({ registry }) => registry === index).map(({ event }) => event);
                await db().$transaction((tx) => recordActivity(tx, id, events, at(day)));
              }
          };
          await record(before, 0);
          if (isMoved) await moveDueWindows(at(1));
          await record(after, 1);
          const told = [...before, ...after].flat();
          for (const days of keptWindowDays)
            for (const day of [0, 1])
              for (const sort of ["-pulls", "-pushes"] as const) {
                const { items } = await ask(days, day, sort, ctx);
                const found = items.map(({ registry, repository, pushes, pulls, deletes }) => [
                  `${registry}/${repository}`,
                  { pushes, pulls, deletes },
                ]);
                expect(new Map(found as [string, never][]), `${days} days to ${day}`).toEqual(
                  expected(told, days, day),
                );
                const order = items.map((item) => (sort === "-pulls" ? item.pulls : item.pushes));
                expect(order).toEqual(order.toSorted((a, b) => b - a));
              }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("show what one may see and nothing else", async () => {
    await clear();
    const [one = 0, two = 0] = registries;
    const event = { action: "pull" as const, tag: null, actor: null, at: at(0) };
    for (const id of [one, two])
      await db().$transaction((tx) =>
        recordActivity(
          tx,
          id,
          repositories.map((repository) => ({ ...event, repository })),
          at(0),
        ),
      );
    expect(await areWindowsAt(db(), registries, "2026-11-21")).toBe(true);
    const viewer: Context = {
      ...testContext,
      now: at(0),
      principal: {
        ...testContext.principal,
        kind: "user",
        bindings: [{ role: "viewer", registryId: two, pattern: "shop/*" }],
      },
    };
    const { items } = await ask(30, 0, "-pulls", viewer);
    expect(items.map(({ registry, repository }) => `${registry}/${repository}`)).toEqual([
      "two/shop/api",
      "two/shop/web",
    ]);
    const series = await listActivitySeries(
      viewer,
      activitySeriesQuery.parse({ ...windowOf(30, 0), step: "total", by: "repository" }),
    );
    expect(series).toMatchObject({
      total: 2,
      at: ["2026-10-22T00:00:00.000Z"],
      series: [
        { key: "two/shop/api", counts: [1] },
        { key: "two/shop/web", counts: [1] },
      ],
    });
  });

  it("are not read before they end where the question does", async () => {
    await clear();
    const [one = 0] = registries;
    const event = { action: "pull" as const, repository: "z", tag: null, actor: null, at: at(-6) };
    await db().$transaction((tx) => recordActivity(tx, one, [event], at(0)));
    const ctx = { ...testContext, now: at(1) };
    expect((await ask(7, 0, "-pulls", ctx)).items).toHaveLength(1);
    expect((await ask(7, 1, "-pulls", ctx)).items).toEqual([]);
    await moveDueWindows(at(1));
    expect(await db().activityWindow.count({ where: { days: 7 } })).toBe(0);
    expect((await ask(7, 0, "-pulls", ctx)).items).toHaveLength(1);
    expect((await ask(7, 1, "-pulls", ctx)).items).toEqual([]);
  });
});
