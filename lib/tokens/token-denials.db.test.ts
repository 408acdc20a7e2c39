import { beforeAll, expect, it } from "vitest";
import { formatUserAgent, getRequestMark } from "#lib/registries/request-mark";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { createTestContext, createTestContextOf, seedRegistry } from "#lib/testing/seed-inventory";
import { flushTokenDenials, recordTokenDenial } from "#lib/tokens/denial-recorder";
import { listTokenDenials } from "#lib/tokens/list-token-denials";
import { listTokenDenialsQuery } from "#lib/tokens/schema";

const { db } = attachTestDatabase();
let registryId: number;
beforeAll(async () => {
  registryId = await seedRegistry(db(), "prod");
  for (let index = 0; index < 25; index++)
    await db().tokenDenial.create({
      data: {
        foldKey: `key-${index}`,
        registryId: index % 5 === 0 ? null : registryId,
        repository: index % 2 === 0 ? `team/r${index}` : `other/r${index}`,
        type: "repository",
        actions: ["pull"],
        reason: "no-grant",
        detail: "Why.",
        firstAt: new Date(1_000_000 + index),
        // Pairs at the same moment: the id breaks the tie.
        lastAt: new Date(2_000_000 + Math.floor(index / 2)),
      },
    });
});

const query = (more: object) => listTokenDenialsQuery.parse(more);

it("walks through all of them, newest first, each once", async () => {
  const ctx = createTestContextOf("auditor");
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listTokenDenials(ctx, query({ limit: 4, cursor }));
    seen.push(...page.items.map((item) => item.repository ?? ""));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(25);
  expect(new Set(seen).size).toBe(25);
  expect(seen[0]).toBe("team/r24");
});

it("shows what lies within reach alone, and filters", async () => {
  const reach = createTestContext([{ role: "engineer", registryId, pattern: "team/**" }]);
  const { items } = await listTokenDenials(reach, query({}));
  expect(items).toHaveLength(10);
  expect(items.every(({ repository }) => repository?.startsWith("team/"))).toBe(true);
  expect((await listTokenDenials(reach, query({ q: "r24" }))).items).toHaveLength(1);
  expect((await listTokenDenials(reach, query({ q: "%" }))).items).toHaveLength(0);
  await expect(listTokenDenials(createTestContextOf("viewer"), query({}))).rejects.toMatchObject({
    status: 403,
  });
});

function refuse(repository: string, agent: string): void {
  recordTokenDenial({
    reason: "no-grant",
    registry: { id: registryId, slug: "prod" },
    principal: null,
    account: null,
    type: "repository",
    repository,
    actions: ["pull"],
    address: "192.0.2.1",
    agent,
    atMs: Date.now(),
  });
}

it("one that cannot be written holds up none of the others", async () => {
  await db().tokenDenial.deleteMany();
  for (const repository of ["before", "mid\0dle", "after", "last"]) refuse(repository, "crane");
  await flushTokenDenials();
  const rows = await db().tokenDenial.findMany({ orderBy: { repository: "asc" } });
  expect(rows.map(({ repository, count }) => [repository, Number(count)])).toEqual([
    ["after", 1],
    ["before", 1],
    ["last", 1],
  ]);
});

it("keeps no refusal that the console's own check asked for", async () => {
  refuse("check/probe", formatUserAgent(await getRequestMark()));
  refuse("check/probe", "Wharfinger (console; mark of somebody else)");
  await flushTokenDenials();
  const rows = await db().tokenDenial.findMany({ where: { repository: "check/probe" } });
  expect(rows.map((row) => row.agent)).toEqual(["Wharfinger (console; mark of somebody else)"]);
});
