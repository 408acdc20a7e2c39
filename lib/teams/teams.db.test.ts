import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import { roles } from "#lib/auth/permissions";
import { ForbiddenError } from "#lib/http/errors";
import { changeTeamBody, createTeamBody, listTeamsQuery } from "#lib/teams/schema";
import { changeTeam, createTeam, deleteTeam, getTeam, listTeams } from "#lib/teams/service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { createTestContext, createTestContextOf, seedRegistry } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const admin = createTestContextOf("admin");
let main = 0;
let other = 0;

beforeAll(async () => {
  main = await seedRegistry(db(), "main");
  other = await seedRegistry(db(), "other");
  await db().user.create({ data: { login: "mara", name: "Mara" } });
  await create({ slug: "payments", members: ["mara"], patterns: [{ registry: "main", pattern: "pay/**" }] });
  await create({
    slug: "search",
    patterns: [{ registry: "other", pattern: "search/*" }, { pattern: "shared/*" }],
  });
  await create({ slug: "empty" });
});

const create = (body: object) => createTeam(admin, createTeamBody.parse({ name: "Team", ...body }));
const slugs = async (ctx: Context, query: object = {}) =>
  (await listTeams(ctx, listTeamsQuery.parse(query))).items.map((team) => team.slug);

describe("teams", () => {
  it("are changed by admins only, with audit rows", async () => {
    for (const role of roles.filter((one) => one !== "admin")) {
      const ctx = createTestContextOf(role);
      await expect(createTeam(ctx, createTeamBody.parse({ slug: "x", name: "X" }))).rejects.toThrow(
        ForbiddenError,
      );
      await expect(changeTeam(ctx, "payments", { name: "X" })).rejects.toThrow(ForbiddenError);
      await expect(deleteTeam(ctx, "payments")).rejects.toThrow(ForbiddenError);
    }
    await create({ slug: "brief" });
    await expect(create({ slug: "brief" })).rejects.toMatchObject({ status: 409 });
    const changed = await changeTeam(
      admin,
      "brief",
      changeTeamBody.parse({ members: ["mara", "mara"], patterns: [{ pattern: "**" }, { pattern: "**" }] }),
    );
    expect(changed).toMatchObject({
      members: [{ login: "mara", name: "Mara" }],
      patterns: [{ registry: null, pattern: "**" }],
    });
    await deleteTeam(admin, "brief");
    await expect(getTeam(admin, "brief")).rejects.toMatchObject({ status: 404 });
    const actions = await db().auditEvent.findMany({ where: { target: "brief" }, orderBy: { id: "asc" } });
    expect(actions.map((row) => row.action)).toEqual(["team.create", "team.change", "team.delete"]);
  });

  it("name the field that is wrong and write nothing", async () => {
    await expect(create({ slug: "x", members: ["nobody-here"] })).rejects.toMatchObject({
      fields: [{ field: "members.0" }],
    });
    await expect(create({ slug: "x", patterns: [{ registry: "none", pattern: "a" }] })).rejects.toMatchObject(
      {
        fields: [{ field: "patterns.0.registry" }],
      },
    );
    expect(createTeamBody.safeParse({ slug: "x", name: "X", id: "1" }).success).toBe(false);
    expect(createTeamBody.safeParse({ slug: "X", name: "X" }).success).toBe(false);
    expect(await slugs(admin)).toEqual(["empty", "payments", "search"]);
  });

  it("W2: show somebody only what reaches into their own repositories", async () => {
    const inMain = createTestContext([{ role: "viewer", registryId: main, pattern: "pay/api" }]);
    expect(await slugs(inMain)).toEqual(["payments"]);
    expect((await getTeam(inMain, "payments")).members).toBeNull();
    await expect(getTeam(inMain, "search")).rejects.toMatchObject({ status: 404 });
    const inOther = createTestContext([{ role: "engineer", registryId: other, pattern: "shared/**" }]);
    expect(await getTeam(inOther, "search")).toMatchObject({
      patterns: [{ registry: null, pattern: "shared/*" }],
    });
    expect(await slugs(inOther)).toEqual(["search"]);
    expect(await slugs(createTestContextOf("viewer"))).toEqual(["empty", "payments", "search"]);
    await expect(slugs(createTestContext([]))).rejects.toThrow(ForbiddenError);
  });

  it("show members to themselves, and pages are full whatever is hidden between", async () => {
    const mara = await db().user.findUniqueOrThrow({ where: { login: "mara" } });
    const ctx = createTestContext([{ role: "viewer", registryId: other, pattern: "search/x" }]);
    const asMara = { ...ctx, principal: { ...ctx.principal, id: mara.id } };
    expect((await getTeam(asMara, "payments")).members).toEqual([{ login: "mara", name: "Mara" }]);
    const first = await listTeams(asMara, listTeamsQuery.parse({ limit: "1", sort: "-slug" }));
    expect(first.items.map((team) => team.slug)).toEqual(["search"]);
    const second = await listTeams(
      asMara,
      listTeamsQuery.parse({ limit: "1", sort: "-slug", cursor: first.nextCursor }),
    );
    expect(second.items.map((team) => team.slug)).toEqual(["payments"]);
    expect(second.nextCursor).toBeNull();
  });
});
