import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import { roles } from "#lib/auth/permissions";
import { changeGrantBody, createGrantBody, listGrantsQuery, previewGrantBody } from "#lib/grants/schema";
import {
  changeGrant,
  createGrant,
  getGrant,
  listGrants,
  restoreGrant,
  revokeGrant,
} from "#lib/grants/service";
import { previewGrant } from "#lib/grants/service-preview";
import { ForbiddenError } from "#lib/http/errors";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import {
  createTestContext,
  createTestContextOf,
  seedRegistry,
  seedRepository,
} from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const admin = createTestContextOf("admin");
let main = 0;
let other = 0;
/** Writes grants for team-a of main only. */
let narrow: Context;

beforeAll(async () => {
  main = await seedRegistry(db(), "main", { protectedPatterns: ["prod/**"] });
  other = await seedRegistry(db(), "other");
  narrow = createTestContext([{ role: "engineer", registryId: main, pattern: "team-a/**" }]);
  for (const name of ["team-a/api", "team-a/web", "team-a/sub/x", "team-ab/api", "team-b/api", "prod/api"])
    await seedRepository(db(), main, name);
  await db().accessPrincipal.create({ data: { kind: "robot", name: "ci", createdBy: "tests" } });
  await db().user.create({
    data: { login: "mara", name: "Mara", groups: ["platform"], groupsAt: new Date() },
  });
});

const create = (ctx: Context, body: object = {}) =>
  createGrant(
    ctx,
    createGrantBody.parse({
      principal: "robot:ci",
      registry: "main",
      pattern: "team-a/*",
      actions: ["push"],
      ...body,
    }),
  );
const list = async (ctx: Context, query: object = {}) =>
  (await listGrants(ctx, listGrantsQuery.parse({ limit: "500", ...query }))).items;
const preview = (ctx: Context, body: object = {}) =>
  previewGrant(
    ctx,
    previewGrantBody.parse({
      principal: "robot:ci",
      registry: "main",
      pattern: "team-a/*",
      actions: ["push"],
      ...body,
    }),
  );

describe("grants", () => {
  it("are written, changed, revoked and restored, each with an audit row and a new version of access", async () => {
    const version = async () => (await db().accessVersion.findUniqueOrThrow({ where: { id: 1 } })).version;
    let before = await version();
    const moved = async () => {
      const now = await version();
      expect(now).toBe(before + 1n);
      before = now;
    };
    const grant = await create(admin, { reason: "The pipeline of team A." });
    await moved();
    expect(grant).toMatchObject({ actions: ["pull", "push"], state: "live", source: "console", useCount: 0 });
    expect(
      await changeGrant(admin, grant.id, changeGrantBody.parse({ pattern: "team-a/api" })),
    ).toMatchObject({
      pattern: "team-a/api",
    });
    await moved();
    await revokeGrant(admin, grant.id);
    await moved();
    expect(await getGrant(admin, grant.id)).toMatchObject({ state: "revoked" });
    await expect(changeGrant(admin, grant.id, { reason: "x" })).rejects.toMatchObject({ status: 409 });
    expect(await restoreGrant(admin, grant.id)).toMatchObject({ state: "live" });
    await moved();
    const rows = await db().auditEvent.findMany({
      where: { action: { startsWith: "grant." } },
      orderBy: { id: "asc" },
    });
    expect(rows.map((row) => row.action)).toEqual([
      "grant.create",
      "grant.change",
      "grant.revoke",
      "grant.restore",
    ]);
    await revokeGrant(admin, grant.id);
  });

  it("name the field that is wrong", async () => {
    const wrong: [object, string][] = [
      [{ principal: "robot:nobody" }, "principal"],
      [{ principal: "user:nobody" }, "principal"],
      [{ principal: "ci" }, "principal"],
      [{ principal: "robot:" }, "principal"],
      [{ principal: "robot:a\u0000" }, "principal"],
      [{ principal: "user:\ud800" }, "principal"],
      [{ principal: crypto.randomUUID() }, "principal"],
      [{ principal: "00000000-0000-7000-8000-000000000003" }, "principal"],
      [{ principal: "everyone", actions: ["pull", "push"] }, "actions"],
      [{ principal: "signed-in", actions: ["delete"] }, "actions"],
      [{ principal: "everyone", pattern: null, actions: ["catalog"] }, "actions"],
      [{ pattern: null, actions: ["pull"] }, "pattern"],
      [{ actions: ["pull", "catalog"] }, "actions"],
      [{ expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
    ];
    for (const [body, field] of wrong)
      await expect(create(admin, body), JSON.stringify(body)).rejects.toMatchObject({
        status: 422,
        fields: [{ field }],
      });
    for (const pattern of ["", "Team/*", "../x", "a//b", "a/", "a/%2e", "*/a", "a*", "/a", "a/**/b", "ａ/*"])
      expect(
        createGrantBody.safeParse({ principal: "everyone", registry: "main", pattern, actions: ["pull"] })
          .success,
      ).toBe(false);
    for (const extra of [{ source: "document" }, { createdBy: "x" }, { registryId: 1 }, { revokedAt: null }])
      expect(
        createGrantBody.safeParse({
          principal: "everyone",
          registry: "main",
          pattern: "a",
          actions: ["pull"],
          ...extra,
        }).success,
      ).toBe(false);
  });

  it("make the row of a person or group when it is first named", async () => {
    const person = await create(admin, { principal: "user:mara", actions: ["pull"] });
    const again = await create(admin, { principal: "user:mara", actions: ["delete"] });
    expect(again.principal).toEqual(person.principal);
    expect(await create(admin, { principal: "group:Ops, EU" })).toMatchObject({
      principal: { kind: "group", name: "Ops, EU" },
    });
  });

  it("W2: are written within one's own reach, and seen as far as they reach into it", async () => {
    const wide = await create(admin, { pattern: "**", actions: ["pull"] });
    const foreign = await create(admin, { pattern: "team-b/**", actions: ["pull"] });
    const elsewhere = await create(admin, { registry: "other", actions: ["pull"] });
    const mine = await create(narrow, { pattern: "team-a/sub/**" });
    expect(mine.allowed.change).toBe(true);
    const seen = (await list(narrow)).map((grant) => grant.id);
    expect(seen).toContain(wide.id);
    expect(seen).toContain(mine.id);
    expect(seen).not.toContain(foreign.id);
    expect(seen).not.toContain(elsewhere.id);
    await expect(create(narrow, { pattern: "**" })).rejects.toThrow(ForbiddenError);
    for (const body of [
      { pattern: "team-b/api" },
      { pattern: "*" },
      { pattern: "team-ab/**" },
      { pattern: "team-a" },
      { registry: "other" },
      { registry: "none" },
    ])
      await expect(create(narrow, body), JSON.stringify(body)).rejects.toMatchObject({ status: 404 });
    await expect(create(narrow, { pattern: null, actions: ["catalog"] })).rejects.toThrow(ForbiddenError);
    await expect(changeGrant(narrow, mine.id, { pattern: "team-b/**" })).rejects.toMatchObject({
      status: 404,
    });
    await expect(changeGrant(narrow, wide.id, { reason: "x" })).rejects.toThrow(ForbiddenError);
    await expect(revokeGrant(narrow, wide.id)).rejects.toThrow(ForbiddenError);
    for (const id of [foreign.id, elsewhere.id, crypto.randomUUID()]) {
      await expect(getGrant(narrow, id)).rejects.toMatchObject({ status: 404 });
      await expect(revokeGrant(narrow, id)).rejects.toMatchObject({ status: 404 });
      await expect(restoreGrant(narrow, id)).rejects.toMatchObject({ status: 404 });
    }
    for (const role of roles.filter((one) => !["engineer", "admin"].includes(one)))
      await expect(create(createTestContextOf(role)), role).rejects.toThrow(ForbiddenError);
  });

  it("a list holds what it is asked for, whatever wildcards are in it", async () => {
    const exact = await create(admin, { pattern: "team-a/a_b", actions: ["pull"] });
    const similar = await create(admin, { pattern: "team-a/axb", actions: ["pull"] });
    const one = createTestContext([{ role: "engineer", registryId: main, pattern: "team-a/a_b" }]);
    const ids = (await list(one)).map((grant) => grant.id);
    expect(ids).toContain(exact.id);
    expect(ids).not.toContain(similar.id);
    expect((await list(admin, { q: "a_b" })).map((grant) => grant.id)).toEqual([exact.id]);
    const covering = (await list(admin, { registry: "main", repository: "team-a/a_b" })).map(
      (grant) => grant.pattern,
    );
    expect(new Set(covering)).toEqual(new Set(["team-a/a_b", "team-a/*", "**"]));
    await expect(list(narrow, { registry: "other" })).rejects.toMatchObject({ status: 404 });
    const oneLevel = createTestContext([{ role: "auditor", registryId: main, pattern: "team-a/*" }]);
    const patterns = new Set((await list(oneLevel)).map((grant) => grant.pattern));
    expect(patterns).toEqual(new Set(["**", "team-a/*", "team-a/a_b", "team-a/axb"]));
  });
});

describe("a preview", () => {
  it("says it in words, what matches, and what is gained beyond what is held", async () => {
    await db().grant.deleteMany({});
    const first = await preview(admin, {
      pattern: "team-a/**",
      expiresAt: "2127-03-01T10:00:00Z",
      reason: "of the move",
    });
    expect(first.sentence).toBe(
      "ci may push and pull team-a/** in main until 1 March 2127 because of the move",
    );
    expect(first).toMatchObject({ matchCount: 3, gainCount: 3, warnings: [] });
    expect(first.matches).toEqual(["team-a/api", "team-a/sub/x", "team-a/web"]);
    const held = await create(admin, { pattern: "team-a/*", actions: ["pull"] });
    await create(admin, { principal: "everyone", pattern: "team-a/sub/**", actions: ["pull"] });
    const second = await preview(admin, { pattern: "team-a/**" });
    expect(second.gains).toEqual([
      { repository: "team-a/api", actions: ["push"] },
      { repository: "team-a/sub/x", actions: ["push"] },
      { repository: "team-a/web", actions: ["push"] },
    ]);
    const pulls = { pattern: "team-a/**", actions: ["pull"] };
    expect(await preview(admin, pulls)).toMatchObject({ gainCount: 0, gains: [] });
    expect(await preview(admin, { ...pulls, changes: held.id })).toMatchObject({ gainCount: 2 });
    expect(await db().grant.count()).toBe(2);
  });

  it("warns", async () => {
    const codes = async (body: object) =>
      (await preview(admin, body)).warnings.map((warning) => warning.code);
    expect(await codes({ pattern: "**", actions: ["pull"] })).toContain("too-wide");
    expect(await codes({ pattern: "team-a/api", actions: ["pull"] })).toEqual(["already-covered"]);
    expect(await codes({ pattern: "nothing/here" })).toEqual(["matches-nothing"]);
    expect(await codes({ pattern: "prod/api" })).toEqual(["not-named-for-protected"]);
    expect(await codes({ principal: "user:mara", pattern: "prod/api" })).toEqual([
      "person-pushes-to-protected",
      "not-named-for-protected",
    ]);
    expect(await codes({ principal: "everyone", pattern: "team-b/*" })).toEqual(["beyond-built-in"]);
    const ci = await db().accessPrincipal.findFirstOrThrow({ where: { kind: "robot", name: "ci" } });
    await db().protectionPusher.create({
      data: { registryId: main, pattern: "prod/**", principalId: ci.id, createdBy: "tests" },
    });
    expect(await codes({ pattern: "prod/api" })).toEqual([]);
    for (let index = 0; index < 5; index++)
      await create(admin, { principal: `group:g${index}`, pattern: "team-b/*" });
    expect(await codes({ pattern: "team-b/api" })).toEqual(["many-pushers"]);
  });

  it("a person's groups count while they are fresh", async () => {
    await create(admin, { principal: "group:platform", pattern: "team-ab/*", actions: ["push"] });
    const body = { principal: "user:mara", pattern: "team-ab/api" };
    expect(await preview(admin, body)).toMatchObject({ gainCount: 0 });
    const late = { ...admin, now: new Date(admin.now.getTime() + 13 * 3_600_000) };
    expect(await preview(late, body)).toMatchObject({ gainCount: 1 });
  });

  it("W2: counts only what its reader sees, and is for who may write that grant", async () => {
    const both = createTestContext([
      { role: "engineer", registryId: main, pattern: "team-a/**" },
      { role: "engineer", registryId: other, pattern: null },
    ]);
    await expect(preview(narrow, { pattern: "team-b/*" })).rejects.toMatchObject({ status: 404 });
    await expect(preview(narrow, { pattern: "**" })).rejects.toThrow(ForbiddenError);
    expect(await preview(both, { registry: "other", pattern: "**" })).toMatchObject({ matchCount: 0 });
  });
});
