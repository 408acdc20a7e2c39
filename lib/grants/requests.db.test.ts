import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import {
  createAccessRequestBody,
  decideAccessRequestBody,
  listAccessRequestsQuery,
} from "#lib/grants/schema";
import { createAccessRequest, decideAccessRequest, listAccessRequests } from "#lib/grants/service-requests";
import { ForbiddenError } from "#lib/http/errors";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { createTestContext, createTestContextOf, seedRegistry } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const admin = createTestContextOf("admin");
const now = admin.now;
const hour = 3_600_000;
let main = 0;
let mara: Context;

beforeAll(async () => {
  main = await seedRegistry(db(), "main");
  await seedRegistry(db(), "other");
  const user = await db().user.create({ data: { login: "mara", name: "Mara" } });
  const ctx = createTestContext([{ role: "viewer", registryId: main, pattern: "team-a/*" }]);
  mara = { ...ctx, principal: { ...ctx.principal, id: user.id, name: "mara" } };
});

describe("access requests", () => {
  const ask = (ctx: Context, body: object = {}) =>
    createAccessRequest(
      ctx,
      createAccessRequestBody.parse({
        registry: "main",
        pattern: "team-a/api",
        actions: ["push"],
        reason: "A fix.",
        ...body,
      }),
    );
  const decide = (ctx: Context, id: string, body: object) =>
    decideAccessRequest(ctx, id, decideAccessRequestBody.parse(body));
  const list = async (ctx: Context, query: object = {}) =>
    (await listAccessRequests(ctx, listAccessRequestsQuery.parse(query))).items.map((item) => item.id);

  it("make the grant when they are approved by who could write it", async () => {
    const asked = await ask(mara);
    expect(asked).toMatchObject({ user: "mara", actions: ["pull", "push"], state: "open" });
    const narrow = createTestContext([{ role: "engineer", registryId: main, pattern: "team-b/**" }]);
    expect(await list(narrow)).toEqual([]);
    expect(await list(admin)).toEqual([asked.id]);
    expect(await list(mara)).toEqual([asked.id]);
    await expect(decide(narrow, asked.id, { state: "approved" })).rejects.toMatchObject({ status: 404 });
    await expect(decide(mara, asked.id, { state: "approved" })).rejects.toThrow(ForbiddenError);
    await expect(decide(createTestContextOf("reviewer"), asked.id, { state: "approved" })).rejects.toThrow(
      ForbiddenError,
    );
    await expect(decide(admin, asked.id, { state: "withdrawn" })).rejects.toThrow(ForbiddenError);
    const engineer = createTestContext([{ role: "engineer", registryId: main, pattern: "team-a/**" }]);
    const expiresAt = new Date(now.getTime() + hour).toISOString();
    const done = await decide(engineer, asked.id, { state: "approved", expiresAt });
    const made = await db().grant.findUniqueOrThrow({
      where: { id: done.grantId ?? "" },
      include: { principal: true },
    });
    expect(made).toMatchObject({
      pattern: "team-a/api",
      source: "request",
      principal: { kind: "user", name: "mara" },
      reason: "A fix.",
    });
    expect(made.expiresAt?.toISOString()).toBe(expiresAt);
    await expect(decide(engineer, asked.id, { state: "declined" })).rejects.toMatchObject({ status: 409 });
    expect(await list(mara)).toEqual([]);
    expect(await list(mara, { state: "all", mine: "true" })).toEqual([asked.id]);
  });

  it("are withdrawn by who asked, and declined with a word", async () => {
    const first = await ask(mara);
    expect(await decide(mara, first.id, { state: "withdrawn" })).toMatchObject({
      state: "withdrawn",
      grantId: null,
    });
    const second = await ask(mara);
    expect(
      await decide(admin, second.id, { state: "declined", decision: "Use the pipeline." }),
    ).toMatchObject({
      state: "declined",
      decision: "Use the pipeline.",
      decidedBy: "tester",
    });
  });

  it("W2: are not about what does not exist for who asks", async () => {
    for (const body of [
      { registry: "other" },
      { registry: "none" },
      { pattern: "prod/**" },
      { pattern: "team-b/api" },
    ])
      await expect(ask(mara, body), JSON.stringify(body)).rejects.toMatchObject({ status: 404 });
    const later = await ask(mara, { pattern: "team-a/new" });
    await decide(mara, later.id, { state: "withdrawn" });
    const wider = await ask(mara, { pattern: "team-a/**", actions: ["pull"] });
    await decide(mara, wider.id, { state: "withdrawn" });
  });
});
