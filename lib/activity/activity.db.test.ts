import { beforeAll, describe, expect, it } from "vitest";
import { recordActivity } from "#lib/activity/record-activity";
import {
  type ActivitySeriesQuery,
  activityRepositoriesQuery,
  activitySeriesQuery,
  activitySeriesSchema,
  publishingQuery,
} from "#lib/activity/schema";
import { listActivityRepositories, listActivitySeries, listPublishing } from "#lib/activity/service";
import type { Context } from "#lib/auth/context";
import { createTeam } from "#lib/teams/service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";

const { db } = attachTestDatabase();
const now = new Date("2026-11-20T12:00:00Z");
const ctx: Context = { ...testContext, now };
const window = { from: "2026-11-02T00:00:00Z", to: "2026-11-16T00:00:00Z" };
let prod: number;
let dev: number;

type Told = Parameters<typeof recordActivity>[2];

function listEvents(
  count: number,
  action: Told[number]["action"],
  day: string,
  repository: string,
  actor: string,
): Told {
  const at = new Date(`${day}T11:00:00Z`);
  return Array.from({ length: count }, () => ({ action, repository, tag: "v1", actor: actor || null, at }));
}

const record = (registryId: number, events: Told, at = now) =>
  db().$transaction((tx) => recordActivity(tx, registryId, events, at));

beforeAll(async () => {
  prod = await connectTestRegistry("prod", "http://127.0.0.1:1", { protectedPatterns: ["shop/**"] });
  dev = await connectTestRegistry("dev", "http://127.0.0.1:2");
  await createTeam(ctx, {
    slug: "shop",
    name: "Shop",
    description: "",
    members: [],
    patterns: [{ registry: "prod", pattern: "shop/**" }],
  });
  await createTeam(ctx, {
    slug: "api",
    name: "API",
    description: "",
    members: [],
    patterns: [{ registry: null, pattern: "shop/*" }],
  });
  await db().registry.update({ where: { id: prod }, data: { pullsSince: new Date("2026-06-01T00:00:00Z") } });
  const days: [number, string, string, string, number, number, number][] = [
    // By ci-old in the time before the window, and by ci long before that.
    [prod, "2026-07-01", "shop/api", "ci", 9, 0, 0],
    [prod, "2026-10-30", "shop/api", "ci-old", 4, 0, 0],
    [prod, "2026-11-01", "shop/api", "ci", 0, 6, 0],
    [prod, "2026-11-02", "shop/api", "ci", 2, 0, 0],
    [prod, "2026-11-03", "shop/api", "", 0, 40, 0],
    [prod, "2026-11-10", "shop/api", "ci-old", 3, 0, 1],
    [prod, "2026-11-10", "shop/web/front", "ci", 1, 5, 0],
    [prod, "2026-11-15", "base/alpine", "ann", 1, 100, 0],
    [prod, "2026-11-16", "shop/api", "ci", 50, 50, 50],
    [dev, "2026-11-05", "shop/api", "ci", 7, 0, 0],
  ];
  for (const [registryId, day, repository, actor, pushes, pulls, deletes] of days)
    await record(registryId, [
      ...listEvents(pushes, "push", day, repository, actor),
      ...listEvents(pulls, "pull", day, repository, actor),
      ...listEvents(deletes, "delete", day, repository, actor),
    ]);
  await db().registryDay.createMany({
    data: ["2026-11-03", "2026-11-10", "2026-11-15"].map((day) => ({ registryId: prod, day: new Date(day) })),
  });
});

const series = async (more: Partial<Record<keyof ActivitySeriesQuery, string | number>> = {}, as = ctx) => {
  const found = await listActivitySeries(as, activitySeriesQuery.parse({ ...window, ...more }));
  return activitySeriesSchema.parse(found);
};
const totals = async (...asked: Parameters<typeof series>) =>
  Object.fromEntries((await series(...asked)).series.map(({ key, total }) => [key ?? "others", total]));

/** Sees these repositories of one registry and nothing else. */
const seeing = (registryId: number, pattern: string): Context => ({
  ...ctx,
  principal: {
    ...ctx.principal,
    kind: "user",
    name: "somebody",
    bindings: [{ role: "viewer", registryId, pattern }],
  },
});

describe("activity over time", () => {
  it("counts whole days in UTC, from the first to the one before the end", async () => {
    const found = await series({ by: "action" });
    expect(found.at).toHaveLength(14);
    expect(found.series.map(({ key, total }) => [key, total])).toEqual([
      ["pull", 145],
      ["push", 14],
      ["delete", 1],
    ]);
    expect(found.series[1]?.counts.slice(0, 4)).toEqual([2, 0, 0, 7]);
    // Two weeks before: what ci-old pushed, and what ci pulled.
    expect(found).toMatchObject({ total: 160, totalBefore: 10, silentRegistries: ["dev"] });
  });

  it("is the same sum by whatever it is told apart, and for each action alone", async () => {
    for (const by of ["none", "action", "registry", "repository", "principal"])
      for (const step of ["day", "week", "total"])
        for (const top of [1, 12]) {
          const found = await series({ by, step, top });
          expect(found.total, `${by} ${step} ${top}`).toBe(160);
          for (const line of found.series)
            expect(line.counts.reduce((sum, count) => sum + count, 0)).toBe(line.total);
        }
    const each = await Promise.all(["push", "pull", "delete"].map((action) => series({ action })));
    expect(each.map(({ total }) => total)).toEqual([14, 145, 1]);
  });

  it("tells repositories, registries and principals apart; an empty name is nobody", async () => {
    expect(await totals({ by: "repository", action: "push" })).toEqual({
      "dev/shop/api": 7,
      "prod/shop/api": 5,
      "prod/base/alpine": 1,
      "prod/shop/web/front": 1,
    });
    expect(await totals({ by: "repository", action: "push", top: 1 })).toEqual({
      "dev/shop/api": 7,
      others: 7,
    });
    expect(await totals({ by: "registry" })).toEqual({ prod: 153, dev: 7 });
    expect(await totals({ by: "principal", action: "pull" })).toEqual({ ann: 100, "": 40, ci: 5 });
  });

  it("a repository counts for each of its teams, and once in the total", async () => {
    const found = await series({ by: "team", action: "push" });
    expect(Object.fromEntries(found.series.map(({ key, total }) => [key, total]))).toEqual({
      api: 12,
      shop: 6,
      "": 1,
    });
    expect(found.total).toBe(14);
    expect(await totals({ team: "shop", action: "push" })).toEqual({ "": 6 });
    expect(await totals({ team: "nobody" })).toEqual({});
  });

  it("is narrowed by registry, repository and principal", async () => {
    expect(await totals({ registry: "dev" })).toEqual({ "": 7 });
    expect(await totals({ registry: "absent" })).toEqual({});
    expect(await totals({ repository: "shop/api", by: "principal", action: "push" })).toEqual({
      ci: 9,
      "ci-old": 3,
    });
    expect(await totals({ principal: "ann", by: "action" })).toEqual({ pull: 100, push: 1 });
  });

  it("a day on which no registry told of pulls is unknown", async () => {
    const { heard } = await series({ registry: "prod" });
    expect(heard).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect(new Set((await series({ registry: "dev" })).heard)).toEqual(new Set([null]));
  });

  it("shows what one may see and nothing else", async () => {
    const viewer = seeing(prod, "shop/*");
    expect(await totals({ by: "repository" }, viewer)).toEqual({ "prod/shop/api": 46 });
    expect(await totals({ by: "registry" }, viewer)).toEqual({ prod: 46 });
    const blind = seeing(dev, "none/**");
    expect(await totals({}, blind)).toEqual({});
    expect(await series({ registry: "prod" }, blind)).toMatchObject({ series: [], silentRegistries: [] });
    expect(await listPublishing(blind, publishingQuery.parse(window))).toMatchObject({
      items: [],
      hasProtected: false,
    });
    const nobody: Context = { ...ctx, principal: { ...ctx.principal, bindings: [] } };
    await expect(series({}, nobody)).rejects.toMatchObject({ status: 403 });
  });

  it("an event is counted on its day in UTC", async () => {
    const event = (time: string, action: "push" | "pull") => ({
      action,
      repository: "late/one",
      tag: "v1",
      actor: null,
      at: new Date(time),
    });
    const other = await connectTestRegistry("other", "http://127.0.0.1:3");
    await record(other, [event("2026-11-12T23:59:59.999Z", "pull"), event("2026-11-13T00:00:00Z", "push")]);
    const { series: lines, at } = await series({ registry: "other", by: "action" });
    const days = lines.map(({ key, counts }) => [key, at[counts.indexOf(1)]?.slice(0, 10)]);
    expect(new Map(days as [string, string][])).toEqual(
      new Map([
        ["pull", "2026-11-12"],
        ["push", "2026-11-13"],
      ]),
    );
    await db().registry.delete({ where: { id: other } });
  });
});

describe("publishing to protected repositories", () => {
  it("says who, how often, and whether they had done so in the 90 days before", async () => {
    const found = await listPublishing(ctx, publishingQuery.parse(window));
    const base = { registry: "prod", repository: "shop/api" };
    expect(found).toMatchObject({ hasProtected: true, more: false });
    expect(found.items).toEqual([
      {
        ...base,
        principal: "ci-old",
        pushes: 3,
        firstDay: "2026-11-10",
        lastDay: "2026-11-10",
        pushedBefore: true,
      },
      {
        ...base,
        principal: "ci",
        pushes: 2,
        firstDay: "2026-11-02",
        lastDay: "2026-11-02",
        pushedBefore: false,
      },
      {
        registry: "prod",
        repository: "shop/web/front",
        principal: "ci",
        pushes: 1,
        firstDay: "2026-11-10",
        lastDay: "2026-11-10",
        pushedBefore: false,
      },
    ]);
  });

  it("is no accusation where the time before is not wholly known", async () => {
    const early = { from: "2026-06-25T00:00:00Z", to: "2026-07-05T00:00:00Z" };
    const { items } = await listPublishing(ctx, publishingQuery.parse(early));
    expect(items).toMatchObject([{ principal: "ci", pushes: 9, pushedBefore: null }]);
    await record(prod, listEvents(1, "pull", "2026-05-01", "other", ""));
    const laterStill = { ...early, to: "2026-07-06T00:00:00Z" };
    const known = await listPublishing(ctx, publishingQuery.parse(laterStill));
    expect(known.items).toMatchObject([{ pushedBefore: null }]);
  });
});

describe("repositories with activity", () => {
  it("come with their first push and last pull", async () => {
    const { id } = await db().repository.create({
      data: { registryId: prod, name: "shop/api", lastPulledAt: new Date("2026-11-03T10:00:00Z") },
    });
    const move = { repositoryId: id, tagName: "v1", digest: "sha256:aa", source: "event" };
    await db().tagMove.createMany({
      data: [
        { ...move, at: new Date("2026-01-01T00:00:00Z"), atSeen: true },
        { ...move, at: new Date("2026-02-01T00:00:00Z") },
        { ...move, at: new Date("2026-03-01T00:00:00Z") },
      ],
    });
    const { items, more } = await listActivityRepositories(
      ctx,
      activityRepositoriesQuery.parse({ ...window, limit: 2 }),
    );
    expect(more).toBe(true);
    expect(items).toMatchObject([
      { repository: "base/alpine", pulls: 100, pushes: 1, firstPushedAt: null, lastPulledAt: null },
      {
        repository: "shop/api",
        registry: "prod",
        pulls: 40,
        pushes: 5,
        deletes: 1,
        firstPushedAt: "2026-02-01T00:00:00.000Z",
        lastPulledAt: "2026-11-03T10:00:00.000Z",
      },
    ]);
    const byPush = await listActivityRepositories(
      ctx,
      activityRepositoriesQuery.parse({ ...window, sort: "-pushes" }),
    );
    expect(byPush.items[0]).toMatchObject({ registry: "dev", pushes: 7, pullsSince: null });
  });
});

describe("a window", () => {
  it.each([
    [{ from: window.to, to: window.from }, "ends before it begins"],
    [{ from: "2024-01-01T00:00:00Z", to: window.to }, "400 days"],
    [{ ...window, step: "hour" }, "Invalid"],
    [{ ...window, repository: "../etc" }, "epository"],
    [{ ...window, more: "1" }, "more"],
  ])("%j is refused", (query, words) => {
    expect(() => activitySeriesQuery.parse(query)).toThrow(words);
  });
});
