import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import { parsePattern } from "#lib/auth/pattern";
import { evaluate, everyoneId, type GrantRule, type ProtectionRule, signedInId } from "#lib/grants/rules";
import { accessActions, checkAccessBody, effectiveQuery, matrixQuery } from "#lib/grants/schema";
import { checkAccess, getMyAccess, listEffective } from "#lib/grants/service-effective";
import { getMatrix } from "#lib/grants/service-matrix";
import { ForbiddenError } from "#lib/http/errors";
import { listFolders } from "#lib/inventory/repository-folders";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import {
  createTestContext,
  createTestContextOf,
  seedRegistry,
  seedRepository,
} from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const admin = createTestContextOf("admin");
const now = admin.now;
const hour = 3_600_000;

const names = [
  "top",
  "team-a/api",
  "team-a/web",
  "team-a/sub/x",
  "team-a/sub/y",
  "team-a",
  "team-ab/api",
  "team-b/api",
  "prod/api",
  "prod/pay/api",
];
let main = 0;
let other = 0;
const ids = new Map<string, string>();
let mara: Context;

beforeAll(async () => {
  main = await seedRegistry(db(), "main", { protectedPatterns: ["prod/**", "prod/pay/*"] });
  other = await seedRegistry(db(), "other", { protectedPatterns: ["secret/**"] });
  await seedTree(main, names);
  await seedTree(other, ["elsewhere/x"]);
  const user = await db().user.create({
    data: { login: "mara", name: "Mara", groups: ["platform"], groupsAt: now },
  });
  const stale = await db().user.create({
    data: { login: "old", name: "Old", groups: ["platform"], groupsAt: new Date(now.getTime() - 13 * hour) },
  });
  const ctx = createTestContext([{ role: "viewer", registryId: main, pattern: "team-a/*" }]);
  mara = { ...ctx, principal: { ...ctx.principal, id: user.id, name: "mara" } };
  for (const [kind, name, userId] of [
    ["robot", "ci", null],
    ["robot", "release", null],
    ["workload", "web", null],
    ["group", "platform", null],
    ["user", "mara", user.id],
    ["user", "old", stale.id],
  ] as const) {
    const row = await db().accessPrincipal.create({ data: { kind, name, userId, createdBy: "tests" } });
    ids.set(name, row.id);
  }
  ids.set("everyone", everyoneId);
  ids.set("signed-in", signedInId);
  await grant("ci", "team-a/**", ["pull", "push"]);
  await grant("ci", "prod/api", ["push"]);
  await grant("release", "**", ["pull", "push", "delete"]);
  await grant("web", "*", ["pull"]);
  await grant("web", "team-a/*", ["pull"], { expiresAt: new Date(now.getTime() - hour) });
  await grant("platform", "prod/**", ["push", "delete"]);
  await grant("mara", "team-b/api", ["pull"]);
  await grant("everyone", "team-a/sub/*", ["pull"]);
  await grant("signed-in", "team-ab/**", ["pull"]);
  await grant("ci", "team-b/**", ["push"], { revokedAt: now });
  await grant("ci", "elsewhere/**", ["pull"], { registryId: other });
  await pusher("prod/**", "release");
  await pusher("prod/**", "platform");
  await pusher("prod/pay/*", "release");
});

async function seedTree(registryId: number, all: string[]): Promise<void> {
  for (const name of all) await seedRepository(db(), registryId, name);
  await db().repositoryFolder.createMany({
    data: listFolders(all).map(({ path, parentPath, count }) => ({
      registryId,
      path,
      parentPath,
      repositoryCount: count,
    })),
  });
}

async function grant(name: string, pattern: string, actions: string[], more: object = {}): Promise<void> {
  const principalId = ids.get(name) ?? "";
  await db().grant.create({
    data: { principalId, registryId: main, pattern, actions, createdBy: "tests", ...more },
  });
}

async function pusher(pattern: string, name: string): Promise<void> {
  const principalId = ids.get(name) ?? "";
  await db().protectionPusher.create({
    data: { registryId: main, pattern, principalId, createdBy: "tests" },
  });
}

/** Judged one repository at a time, from the rows themselves. */
async function judge(name: string, repository: string): Promise<string[]> {
  const rows = await db().grant.findMany({ where: { registryId: main, revokedAt: null } });
  const grants: GrantRule[] = rows.map((row) => ({
    ...row,
    pattern: parsePattern(row.pattern ?? ""),
    expiresAtMs: row.expiresAt?.getTime() ?? null,
  }));
  const registry = await db().registry.findUniqueOrThrow({ where: { id: main }, include: { pushers: true } });
  const protections: ProtectionRule[] = registry.protectedPatterns.map((text) => ({
    pattern: parsePattern(text) ?? { kind: "exact", name: "" },
    pusherIds: new Set(registry.pushers.filter((row) => row.pattern === text).map((row) => row.principalId)),
  }));
  const groups = name === "mara" ? ["platform"] : [];
  const own = [name, "everyone", ...(name === "everyone" ? [] : ["signed-in"]), ...groups];
  const subject = { principalIds: new Set(own.flatMap((one) => ids.get(one) ?? [])) };
  return [...evaluate(grants, protections, subject, repository, now.getTime()).actions];
}

const effective = (ctx: Context, query: object) =>
  listEffective(ctx, effectiveQuery.parse({ registry: "main", limit: "500", ...query }));
const matrix = (ctx: Context, query: object = {}) =>
  getMatrix(ctx, matrixQuery.parse({ registry: "main", limit: "500", ...query }));
const check = (ctx: Context, principal: string, repository: string, action: string) =>
  checkAccess(ctx, checkAccessBody.parse({ principal, registry: "main", repository, action }));
const holders = ["ci", "release", "web", "platform", "mara", "old", "everyone", "signed-in"];

describe("effective access", () => {
  it("of a repository is what each principal is judged to be allowed", async () => {
    for (const repository of [...names, "not/yet/there"]) {
      const { items } = await effective(admin, { repository });
      for (const name of holders) {
        const shown = items.find((item) => item.principal.name === name)?.actions ?? [];
        const expected = await judge(name, repository);
        // Who holds nothing but what everybody is given is told by the row of everybody.
        if (shown.length > 0) expect([repository, name, shown]).toEqual([repository, name, expected]);
        else expect(expected.filter((action) => action !== "pull")).toEqual([]);
      }
    }
  });

  it("names the grant, the group behind it, and what protection takes away", async () => {
    const { items } = await effective(admin, { repository: "prod/api" });
    const of = (name: string) => items.find((item) => item.principal.name === name);
    expect(of("ci")).toMatchObject({ actions: ["pull"], withheld: ["push"] });
    expect(of("ci")?.because.map((one) => one.text)).toEqual([
      "Pull by the grant for prod/api.",
      "Push withheld: prod/** is protected, and ci is not named there.",
    ]);
    expect(of("mara")?.because[0]?.text).toBe(
      "Pull, push, delete by the grant for prod/** to group platform.",
    );
    expect(of("old")).toBeUndefined();
    const page = await listEffective(
      admin,
      effectiveQuery.parse({ registry: "main", repository: "prod/api", limit: "2" }),
    );
    const next = await listEffective(
      admin,
      effectiveQuery.parse({
        registry: "main",
        repository: "prod/api",
        limit: "500",
        cursor: page.nextCursor,
      }),
    );
    expect([...page.items, ...next.items].map((item) => item.principal.name)).toEqual(
      items.map((item) => item.principal.name),
    );
  });

  it("of a principal is told pattern by pattern", async () => {
    const { items } = await effective(admin, { principal: ids.get("ci") });
    expect(items.map((item) => [item.pattern, item.actions.join(), item.withheld.join()])).toEqual([
      ["prod/api", "pull", "push"],
      ["team-a/**", "pull,push", ""],
      ["team-a/sub/*", "pull,push", ""],
      ["team-ab/**", "pull", ""],
    ]);
    const both = await effective(admin, { principal: ids.get("ci"), repository: "team-a/api" });
    expect(both.items).toMatchObject([{ actions: ["pull", "push"] }]);
    expect(effectiveQuery.safeParse({ registry: "main" }).success).toBe(false);
  });

  it("says why, in a sentence", async () => {
    const cases: [string, string, string, boolean, string][] = [
      ["robot:ci", "team-a/api", "push", true, "ci may push team-a/api in main by the grant for team-a/**."],
      ["robot:ci", "team-b/api", "push", false, "No grant lets ci push team-b/api in main."],
      [
        "robot:ci",
        "prod/api",
        "push",
        false,
        "A grant would let ci push prod/api in main, but prod/** is protected and ci is not named there.",
      ],
      [
        "user:mara",
        "prod/api",
        "push",
        true,
        "mara may push prod/api in main by the grant for prod/** to group platform.",
      ],
      [
        "user:old",
        "prod/api",
        "push",
        false,
        "No grant lets old push prod/api in main. Their groups count for 12 hours after a sign-in to the console, and that is over.",
      ],
    ];
    for (const [who, repository, action, allowed, because] of cases)
      expect(await check(admin, who, repository, action)).toMatchObject({ allowed, because });
    expect((await check(admin, "workload:web", "team-a/api", "pull")).because).toMatch(
      /^The grant for team-a\/\* .* expired on /,
    );
    await db().accessPrincipal.update({ where: { id: ids.get("release") }, data: { disabledAt: now } });
    expect(await check(admin, "robot:release", "top", "pull")).toMatchObject({
      allowed: false,
      because: "release is disabled, and so gets nothing.",
    });
    await db().accessPrincipal.update({ where: { id: ids.get("release") }, data: { disabledAt: null } });
  });

  it("says what holds while enforcement is suspended", async () => {
    await db().registry.update({ where: { id: main }, data: { enforcement: "suspended" } });
    const because =
      "Enforcement is suspended in main: whoever signs in may pull and push everything until it is turned on again.";
    for (const [who, repository, action] of [
      ["robot:ci", "team-b/api", "push"],
      ["robot:ci", "prod/api", "push"],
      ["signed-in", "team-b/api", "pull"],
    ] as const)
      expect(await check(admin, who, repository, action)).toEqual({
        allowed: true,
        because,
        grantId: null,
        refusal: null,
      });
    expect(await check(admin, "robot:ci", "team-b/api", "delete")).toMatchObject({ allowed: false });
    expect(await check(admin, "everyone", "team-b/api", "pull")).toMatchObject({ allowed: false });
    await db().accessPrincipal.update({ where: { id: ids.get("release") }, data: { disabledAt: now } });
    expect(await check(admin, "robot:release", "top", "pull")).toMatchObject({ refusal: "disabled" });
    await db().accessPrincipal.update({ where: { id: ids.get("release") }, data: { disabledAt: null } });
    await db().registry.update({ where: { id: main }, data: { enforcement: "off" } });
  });

  it("W2: ends where the reader's own view ends", async () => {
    const narrow = createTestContext([{ role: "auditor", registryId: main, pattern: "team-a/*" }]);
    expect(
      (await effective(narrow, { repository: "team-a/api" })).items.map((item) => item.principal.name),
    ).toEqual(["ci", "release"]);
    for (const repository of ["team-b/api", "prod/api", "team-a/sub/x", "no/such"]) {
      await expect(effective(narrow, { repository })).rejects.toMatchObject({ status: 404 });
      await expect(check(narrow, "everyone", repository, "pull")).rejects.toMatchObject({ status: 404 });
    }
    await expect(effective(narrow, { registry: "other", repository: "elsewhere/x" })).rejects.toMatchObject({
      status: 404,
    });
    const { items } = await effective(narrow, { principal: ids.get("ci") });
    expect(items.map((item) => item.pattern)).toEqual(["team-a/**"]);
    await expect(effective(narrow, { principal: ids.get("mara") })).rejects.toMatchObject({ status: 404 });
    await expect(effective(createTestContextOf("viewer"), { repository: "top" })).rejects.toThrow(
      ForbiddenError,
    );
  });
});

describe("the matrix", () => {
  it("counts exactly what judging each repository finds, in each folder", async () => {
    for (const prefix of ["", "team-a", "team-a/sub", "prod", "nowhere"]) {
      const { columns, rows } = await matrix(admin, { prefix });
      for (const row of rows)
        for (const [index, column] of columns.entries()) {
          const inside = names.filter((name) =>
            column.isRepository ? name === column.path : name.startsWith(`${column.path}/`),
          );
          expect(inside).toHaveLength(column.repositoryCount);
          for (const action of accessActions) {
            const verdicts = await Promise.all(inside.map((name) => judge(row.principal.name, name)));
            const count = verdicts.filter((actions) => actions.includes(action)).length;
            const share = count === 0 ? "none" : count === inside.length ? "all" : "some";
            const shown = row.cells[index]?.[action];
            expect([prefix, row.principal.name, column.path, action, shown]).toEqual([
              prefix,
              row.principal.name,
              column.path,
              action,
              share,
            ]);
          }
        }
    }
  });

  it("shows folders and repositories of one name apart, what is protected, and warns of people who push there", async () => {
    const { columns, rows } = await matrix(admin);
    expect(columns.map(({ path, isRepository }) => `${path}${isRepository ? "" : "/"}`)).toEqual([
      "prod/",
      "team-a",
      "team-a/",
      "team-ab/",
      "team-b/",
      "top",
    ]);
    expect(columns.map((column) => column.protectedCount)).toEqual([2, 0, 0, 0, 0, 0]);
    expect(rows.map((row) => row.principal.name)).toEqual([
      "ci",
      "everyone",
      "mara",
      "platform",
      "release",
      "signed-in",
      "web",
    ]);
    const mara = rows.find((row) => row.principal.name === "mara");
    expect(mara?.cells[0]).toEqual({
      pull: "all",
      push: "some",
      delete: "some",
      warning: "A person may push to a protected repository here.",
      expiresAt: null,
    });
    const inside = await matrix(admin, { prefix: "team-a" });
    expect(inside.rows.find((row) => row.principal.name === "release")?.cells[0]?.warning).toBe(
      "A grant reaches further than this folder.",
    );
    expect((await matrix(admin, { kind: "workload" })).rows.map((row) => row.principal.name)).toEqual([
      "web",
    ]);
    expect((await matrix(admin, { q: "RELE" })).rows.map((row) => row.principal.name)).toEqual(["release"]);
  });

  it("W2: holds only what the reader sees, in columns, counts and rows", async () => {
    const narrow = createTestContext([{ role: "auditor", registryId: main, pattern: "team-a/*" }]);
    const { columns, rows } = await matrix(narrow);
    expect(columns).toEqual([{ path: "team-a", isRepository: false, repositoryCount: 2, protectedCount: 0 }]);
    expect(rows.map((row) => row.principal.name)).toEqual(["ci", "release"]);
    expect(rows.map((row) => row.cells[0]?.push)).toEqual(["all", "all"]);
    await expect(matrix(narrow, { registry: "other" })).rejects.toMatchObject({ status: 404 });
    expect((await matrix(narrow, { prefix: "prod" })).columns).toEqual([]);
  });
});

describe("my access", () => {
  it("is mine and my groups', and what is given to everybody where I may look", async () => {
    const mine = await getMyAccess(mara);
    expect(mine).toMatchObject({ username: "mara", groups: ["platform"], hasStaleGroups: false });
    const later = { ...mara, now: new Date(now.getTime() + 13 * 3_600_000) };
    expect(await getMyAccess(later)).toMatchObject({ groups: [], hasStaleGroups: true });
    // Everybody may pull from team-a/sub/* and team-ab/** too, of which she sees nothing here.
    expect(mine.items.map((item) => [item.registry, item.pattern])).toEqual([
      ["main", "prod/**"],
      ["main", "team-b/api"],
    ]);
    const wider = { role: "viewer" as const, registryId: main, pattern: "team-a/**" };
    const seeing = { ...mara, principal: { ...mara.principal, bindings: [wider] } };
    expect((await getMyAccess(seeing)).items.map((item) => item.pattern)).toEqual([
      "prod/**",
      "team-a/sub/*",
      "team-b/api",
    ]);
    expect(mine.items[0]).toMatchObject({ actions: ["pull", "push", "delete"] });
    expect(mine.items[0]?.because.at(-1)?.text).toBe(
      "Pull only in prod/pay/*: it is protected, and mara is not named there.",
    );
    const stranger = { ...mara, principal: { ...mara.principal, bindings: [] } };
    expect((await getMyAccess(stranger)).items.map((item) => item.pattern)).toEqual([
      "prod/**",
      "team-b/api",
    ]);
    const key = { ...mara, principal: { ...mara.principal, kind: "api-key" as const } };
    expect((await getMyAccess(key)).items).toEqual([]);
  });
});
