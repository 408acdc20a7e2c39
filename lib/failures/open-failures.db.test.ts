import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import type { Prisma } from "#lib/db/generated/client";
import { listFailures, summariseOpenFailures } from "#lib/failures/incident-service";
import { failureSeriesQuery, listFailuresQuery } from "#lib/failures/schema-incidents";
import { listFailureSeries } from "#lib/failures/series-service";
import { getHome } from "#lib/home/service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";

const { db } = attachTestDatabase();
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
let registryId: number;

beforeAll(async () => {
  registryId = await connectTestRegistry("prod", "http://127.0.0.1:1");
});
beforeEach(async () => {
  await db().incident.deleteMany();
});

async function insert(more: Partial<Prisma.IncidentUncheckedCreateInput> = {}): Promise<void> {
  await db().incident.create({
    data: {
      registryId,
      repository: "shop/web",
      reference: "v1",
      foldKey: randomUUID(),
      cause: "no-grant",
      family: "access",
      subjectKind: "principal",
      subject: "robot:ci",
      principal: "robot:ci",
      count: 3,
      firstAt: hoursAgo(5),
      lastAt: hoursAgo(1),
      ...more,
    },
  });
}

async function countOpen(filter: Record<string, string> = {}, ctx = testContext): Promise<number> {
  const [from, to] = [hoursAgo(24).toISOString(), new Date().toISOString()];
  return (await listFailureSeries(ctx, failureSeriesQuery.parse({ from, to, ...filter }))).open;
}

describe("what fails now", () => {
  it("counts what nobody took on, what still happens, and nothing else", async () => {
    await insert();
    await insert({ snoozedUntil: hoursAgo(1) });
    await insert({ acknowledgedAt: hoursAgo(1), acknowledgedBy: "Mara" });
    await insert({ snoozedUntil: hoursAgo(-1) });
    await insert({ recoveredAt: hoursAgo(0.5) });
    await insert({ endedQuietly: true, lastAt: hoursAgo(30) });
    const open = await listFailures(testContext, listFailuresQuery.parse({ state: "open" }));
    expect(open.items).toHaveLength(2);
    expect(await countOpen()).toBe(2);
    expect((await summariseOpenFailures(testContext)).count).toBe(2);
  });

  it("follows the filters, whatever the window and the states of the list", async () => {
    await insert({ firstAt: hoursAgo(200), lastAt: hoursAgo(40) });
    await insert({ repository: "shop/api", cause: "timeout" });
    expect(await countOpen({ repository: "shop/api" })).toBe(1);
    expect(await countOpen({ cause: "timeout", q: "shop/web" })).toBe(0);
    expect(await countOpen({ state: "recovered" })).toBe(2);
  });

  it("is no more than the reader may see", async () => {
    await insert();
    await insert({ repository: "secret/thing", lastAt: hoursAgo(0.1) });
    const reader: Context = {
      ...testContext,
      principal: {
        ...testContext.principal,
        kind: "user",
        bindings: [{ role: "viewer", registryId, pattern: "shop/**" }],
      } as Context["principal"],
    };
    expect(await countOpen({}, reader)).toBe(1);
    const { count, newest } = await summariseOpenFailures(reader);
    expect([count, newest?.repository]).toEqual([1, "shop/web"]);
  });

  it("is the first thing that the home page names", async () => {
    const home = () => getHome(testContext);
    expect((await home()).needs.map(({ kind }) => kind)).not.toContain("failing-pulls");
    await insert();
    await insert({ repository: "shop/api", lastAt: hoursAgo(0.1) });
    expect((await home()).needs[0]).toMatchObject({
      kind: "failing-pulls",
      title: "2 pulls fail now",
      detail: expect.stringContaining("shop/api"),
    });
  });
});
