import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import type { Role } from "#lib/auth/permissions";
import { getGrant, restoreGrant } from "#lib/grants/service";
import { applyGrantsDocument, exportDocument, planGrantsDocument } from "#lib/grants/service-document";
import { applySuggestion, listSuggestions } from "#lib/grants/service-suggestions";
import { ForbiddenError } from "#lib/http/errors";
import { listFolders } from "#lib/inventory/repository-folders";
import { createSecret } from "#lib/principals/service-secrets";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import {
  createTestContext,
  createTestContextOf,
  seedRegistry,
  seedRepository,
} from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const admin = createTestContextOf("admin");
const { now } = admin;
const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 3_600_000);
const names = ["team-a/api", "team-a/web", "team-a/x/one", "team-a/x/two", "team-b/api"];
let main = 0;
let ci = "";

beforeEach(async () => {
  await db().accessUseDay.deleteMany();
  await db().registry.deleteMany();
  await db().user.deleteMany();
  await db().accessPrincipal.deleteMany({ where: { kind: { not: "built-in" } } });
  main = await seedRegistry(db(), "main", { protectedPatterns: ["team-b/**"] });
  await seedRegistry(db(), "other");
  for (const name of names) await seedRepository(db(), main, name);
  await db().repositoryFolder.createMany({
    data: listFolders(names).map(({ path, parentPath, count }) => ({
      registryId: main,
      path,
      parentPath,
      repositoryCount: count,
    })),
  });
  await db().user.create({ data: { login: "ada", name: "Ada" } });
  const robot = await db().accessPrincipal.create({
    data: { kind: "robot", name: "ci", description: "Builds: all of it", createdBy: "tests" },
  });
  ci = robot.id;
});

async function grant(pattern: string | null, actions: string[], more: object = {}): Promise<string> {
  const row = await db().grant.create({
    data: {
      principalId: ci,
      registryId: main,
      pattern,
      actions,
      createdBy: "tests",
      updatedAt: daysAgo(200),
      createdAt: daysAgo(200),
      ...more,
    },
  });
  return row.id;
}

async function used(
  grantId: string,
  repository: string,
  action: string,
  daysBack: number,
  count = 1,
): Promise<void> {
  const at = daysAgo(daysBack);
  await db().accessUseDay.create({
    data: {
      day: at,
      registryId: main,
      principalId: ci,
      repository,
      action,
      grantId,
      useCount: BigInt(count),
      lastUsedAt: at,
    },
  });
  await db().grantUse.upsert({
    where: { grantId },
    create: { grantId, lastUsedAt: at, useCount: BigInt(count) },
    update: { lastUsedAt: at },
  });
}

const held = (role: Role, pattern: string | null) => createTestContext([{ role, registryId: main, pattern }]);
const suggestions = async (ctx: Context = admin, registry?: string) =>
  (await listSuggestions(ctx, registry)).items;
const liveCount = () => db().grant.count({ where: { revokedAt: null } });

describe("suggestions", () => {
  it("revoke the unused with one click, and restore it with one more", async () => {
    const unused = await grant("team-a/**", ["pull"]);
    await grant("team-a/*", ["pull"], { updatedAt: daysAgo(10) });
    const [one, ...rest] = await suggestions();
    expect(rest).toEqual([]);
    expect(one).toMatchObject({
      id: `unused:${unused}`,
      text: "Never used.",
      proposal: null,
      wouldHaveLost: { uses: 0 },
    });
    expect(await applySuggestion(admin, one?.id ?? "")).toEqual({ revoked: unused, created: [] });
    expect(await getGrant(admin, unused)).toMatchObject({ state: "revoked" });
    await expect(applySuggestion(admin, one?.id ?? "")).rejects.toMatchObject({ status: 409 });
    await restoreGrant(admin, unused);
    expect(await getGrant(admin, unused)).toMatchObject({ state: "live" });
    // What somebody restored is not suggested again at once.
    expect(await suggestions()).toEqual([]);
  });

  it("narrow a wide grant to what was used, and undo it", async () => {
    const wide = await grant("team-a/**", ["pull", "push"], { reason: "The pipeline." });
    await used(wide, "team-a/api", "push", 3, 5);
    await used(wide, "team-a/web", "pull", 2, 7);
    const [one] = await suggestions();
    expect(one).toMatchObject({
      id: `too-wide:${wide}`,
      text: "Used in 2 of 4 repositories in 90 days.",
      proposal: { patterns: ["team-a/api", "team-a/web"], actions: ["pull", "push"] },
      wouldHaveLost: { uses: 0, repositories: [] },
    });
    const applied = await applySuggestion(admin, one?.id ?? "");
    expect(applied.created.map((made) => [made.pattern, made.source, made.reason])).toEqual([
      ["team-a/api", "suggestion", "The pipeline."],
      ["team-a/web", "suggestion", "The pipeline."],
    ]);
    expect(await liveCount()).toBe(2);
    await restoreGrant(admin, wide);
    expect(await db().grant.findMany({ where: { revokedAt: null }, select: { id: true } })).toEqual([
      { id: wide },
    ]);
  });

  it("prolong what ends while it is in use", async () => {
    const expiresAt = new Date(now.getTime() + 3 * 24 * 3_600_000);
    const ending = await grant("team-a/api", ["pull"], { expiresAt });
    await used(ending, "team-a/api", "pull", 1, 9);
    const [one] = await suggestions();
    expect(one).toMatchObject({ kind: "expiring", wouldHaveLost: { uses: 9, repositories: ["team-a/api"] } });
    const { created } = await applySuggestion(admin, one?.id ?? "");
    expect(Date.parse(created[0]?.expiresAt ?? "")).toBe(expiresAt.getTime() + 90 * 24 * 3_600_000);
  });

  it("W2: are about what the reader sees, and for who may write the grant", async () => {
    const foreign = await grant("team-b/api", ["pull"]);
    const seen = await grant("team-a/api", ["pull"]);
    const narrow = held("engineer", "team-a/**");
    expect((await suggestions(narrow)).map((one) => one.grant.id)).toEqual([seen]);
    await expect(applySuggestion(narrow, `unused:${foreign}`)).rejects.toMatchObject({ status: 404 });
    await expect(applySuggestion(held("engineer", "team-a/*"), "unused:x")).rejects.toMatchObject({
      status: 404,
    });
    await expect(applySuggestion(createTestContextOf("auditor"), `unused:${seen}`)).rejects.toThrow(
      ForbiddenError,
    );
    const wide = await grant("**", ["pull"]);
    await expect(applySuggestion(narrow, `unused:${wide}`)).rejects.toThrow(ForbiddenError);
    await expect(suggestions(narrow, "other")).rejects.toMatchObject({ status: 404 });
  });
});

describe("grants as code", () => {
  async function seed(): Promise<void> {
    const ada = await db().user.findUniqueOrThrow({ where: { login: "ada" } });
    await db().accessPrincipal.create({
      data: { kind: "workload", name: "web", ownerId: ada.id, disabledAt: now, createdBy: "tests" },
    });
    await db().accessPrincipal.create({
      data: { kind: "group", name: "Ops: EU", description: "On call", createdBy: "tests" },
    });
    await grant("team-a/**", ["pull", "push"], {
      reason: "It's: the #pipeline",
      expiresAt: new Date("2127-03-01T00:00:00Z"),
    });
    await grant(null, ["catalog"]);
    await grant("team-b/api", ["pull"], { principalId: "00000000-0000-7000-8000-000000000001" });
    await grant("old", ["pull"], { expiresAt: daysAgo(1) });
    await grant("gone", ["pull"], { revokedAt: now });
    await db().protectionPusher.create({
      data: { registryId: main, pattern: "team-b/**", principalId: ci, createdBy: "tests" },
    });
  }

  it("exported and imported again changes nothing, and holds no secret", async () => {
    await seed();
    const { value } = await createSecret(admin, ci, { name: "one", expiresAt: null });
    const { document } = await exportDocument(admin, undefined);
    expect(document).not.toContain(value);
    expect(document).not.toContain("wfs_");
    expect(document).toBe(`version: 1
principals:
  - name: "group:Ops: EU"
    description: "On call"
  - name: robot:ci
    description: "Builds: all of it"
  - name: workload:web
    owner: ada
    disabled: true
grants:
  - registry: main
    principal: everyone
    pattern: team-b/api
    actions: [pull]
  - registry: main
    principal: robot:ci
    catalog: true
  - registry: main
    principal: robot:ci
    pattern: "team-a/**"
    actions: [pull, push]
    until: 2127-03-01T00:00:00.000Z
    reason: "It's: the #pipeline"
protections:
  - registry: main
    pattern: "team-b/**"
    pushers: [robot:ci]
`);
    const before = await db().accessVersion.findUniqueOrThrow({ where: { id: 1 } });
    expect(await applyGrantsDocument(admin, document, undefined)).toEqual({
      items: [],
      unchanged: 7,
      applied: true,
    });
    expect(await db().accessVersion.findUniqueOrThrow({ where: { id: 1 } })).toEqual(before);
    for (const registry of ["main", "other"]) {
      const part = await exportDocument(admin, registry);
      expect((await planGrantsDocument(admin, part.document, registry)).items).toEqual([]);
    }
  });

  it("goes on applying when somebody whom it names can no longer sign in", async () => {
    await seed();
    const ada = await db().user.findUniqueOrThrow({ where: { login: "ada" } });
    const person = await db().accessPrincipal.create({
      data: { kind: "user", name: "ada", userId: ada.id, createdBy: "tests" },
    });
    await grant("team-c/**", ["pull"], { principalId: person.id });
    await db().user.update({ where: { id: ada.id }, data: { disabledAt: now } });
    const { document } = await exportDocument(admin, undefined);
    expect(await applyGrantsDocument(admin, document, undefined)).toMatchObject({ items: [], applied: true });
    const handed = document.replace("name: robot:ci\n", "name: robot:ci\n    owner: ada\n");
    await expect(planGrantsDocument(admin, handed, undefined)).rejects.toThrow();
  });

  it("tells a plan first, then does it in one transaction, with audit rows", async () => {
    await seed();
    const document = `version: 1
principals:
  - {name: robot:release, description: Releases, owner: ada}
  - {name: robot:ci, description: Builds}
grants:
  - {principal: robot:ci, registry: main, pattern: team-a/**, actions: [pull]}
  - {principal: robot:release, registry: main, pattern: team-b/**, actions: [push]}
  - {principal: user:ada, registry: other, pattern: "*", actions: [pull], until: "2127-01-01T00:00:00Z"}
protections:
  - {registry: main, pattern: team-b/**, pushers: [robot:release]}
  - {registry: other, pattern: prod/**}
`;
    const plan = await planGrantsDocument(admin, document, undefined);
    expect(plan).toEqual({
      applied: false,
      unchanged: 0,
      items: [
        { change: "added", what: "principal", text: "robot:release" },
        { change: "changed", what: "principal", text: "robot:ci: description" },
        {
          change: "removed",
          what: "principal",
          text: "workload:web, with its secrets and grants; its name is never used again",
        },
        {
          change: "changed",
          what: "grant",
          text: "ci may pull team-a/** in main (was: ci may push and pull team-a/** in main until 1 March 2127 because It's: the #pipeline)",
        },
        { change: "added", what: "grant", text: "release may push and pull team-b/** in main" },
        { change: "added", what: "grant", text: "ada may pull * in other until 1 January 2127" },
        { change: "removed", what: "grant", text: "ci may list all repositories of main" },
        { change: "removed", what: "grant", text: "Everyone may pull team-b/api in main" },
        { change: "changed", what: "protection", text: "team-b/** in main, pushed to by robot:release" },
        { change: "added", what: "protection", text: "prod/** in other, pushed to by promotions only" },
      ],
    });
    expect(await db().grant.count({ where: { source: "document" } })).toBe(0);
    expect(await applyGrantsDocument(admin, document, undefined)).toEqual({ ...plan, applied: true });
    expect((await planGrantsDocument(admin, document, undefined)).items).toEqual([]);
    const actions = (await db().auditEvent.findMany({ where: { requestId: admin.requestId } })).map(
      (row) => row.action,
    );
    for (const action of [
      "principal.create",
      "principal.change",
      "principal.delete",
      "grant.create",
      "grant.change",
      "grant.revoke",
      "protections.change",
      "grants.import",
    ])
      expect(actions).toContain(action);
    expect(
      (await db().accessPrincipal.findFirstOrThrow({ where: { name: "web" } })).deletedAt,
    ).not.toBeNull();
  });

  it("refuses the whole of it for one error, and names the lines", async () => {
    const document = `version: 1
principals:
  - name: robot:new
grants:
  - {principal: robot:new, registry: main, pattern: team-a/*, actions: [pull]}
  - {principal: robot:nobody, registry: main, pattern: team-a/*, actions: [pull]}
  - {principal: everyone, registry: main, pattern: a, actions: [push]}
  - {principal: user:nobody, registry: none, pattern: a, actions: [pull]}
`;
    await expect(applyGrantsDocument(admin, document, undefined)).rejects.toMatchObject({
      status: 422,
      fields: [
        { field: "document", message: "Line 6: There is nobody named robot:nobody." },
        { field: "document", message: "Line 7: Everyone and everybody who signs in may be given pull only." },
        { field: "document", message: expect.stringMatching(/^Line 8: There is no registry none/) },
      ],
    });
    expect(await db().accessPrincipal.count({ where: { name: "new" } })).toBe(0);
    await db().accessPrincipal.update({ where: { id: ci }, data: { deletedAt: now } });
    await expect(
      applyGrantsDocument(admin, "version: 1\nprincipals:\n  - name: robot:ci\n", undefined),
    ).rejects.toMatchObject({
      fields: [{ message: "Line 3: robot:ci was deleted, and a name is never used again." }],
    });
  });

  it("W2: a part of the console writes its part, and leaves the rest alone", async () => {
    await seed();
    const team = held("engineer", "team-a/**");
    const { document } = await exportDocument(team, undefined);
    expect(document).not.toContain("team-b");
    expect(document).not.toContain("other");
    expect(document).not.toContain("catalog");
    expect((await planGrantsDocument(team, document, undefined)).items).toEqual([]);
    const emptied = "version: 1\nprincipals: []\ngrants: []\nprotections: []\n";
    expect((await planGrantsDocument(team, emptied, undefined)).items).toEqual([
      { change: "removed", what: "grant", text: expect.stringContaining("team-a/**") },
    ]);
    const beyond = (line: string) =>
      planGrantsDocument(team, `version: 1\ngrants:\n  - ${line}\n`, undefined);
    await expect(
      beyond("{principal: everyone, registry: main, pattern: team-b/x, actions: [pull]}"),
    ).rejects.toMatchObject({
      fields: [{ message: expect.stringMatching(/^Line 3: Your roles/) }],
    });
    await expect(beyond("{principal: everyone, registry: main, catalog: true}")).rejects.toMatchObject({
      status: 422,
    });
    await expect(
      beyond("{principal: everyone, registry: other, pattern: team-a/x, actions: [pull]}"),
    ).rejects.toMatchObject({
      fields: [{ message: expect.stringMatching(/^Line 3: There is no registry other/) }],
    });
    await expect(
      planGrantsDocument(team, "version: 1\nprincipals:\n  - {name: robot:ci, disabled: true}\n", undefined),
    ).rejects.toMatchObject({ status: 422 });
    await expect(
      planGrantsDocument(
        team,
        "version: 1\nprotections:\n  - {registry: main, pattern: team-a/*}\n",
        undefined,
      ),
    ).rejects.toMatchObject({ status: 422 });
    await expect(planGrantsDocument(createTestContextOf("auditor"), "version: 1", undefined)).rejects.toThrow(
      ForbiddenError,
    );
    await expect(exportDocument(team, "other")).rejects.toMatchObject({ status: 404 });
  });
});
