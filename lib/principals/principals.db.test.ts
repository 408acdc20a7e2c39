import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import { type Role, roles } from "#lib/auth/permissions";
import { ForbiddenError } from "#lib/http/errors";
import {
  changePrincipalBody,
  createPrincipalBody,
  createSecretBody,
  createTrustRuleBody,
  listPrincipalsQuery,
} from "#lib/principals/schema";
import {
  changePrincipal,
  createPrincipal,
  deletePrincipal,
  getPrincipal,
  listPrincipals,
  summariseAbandoned,
} from "#lib/principals/service";
import {
  createOwnSecret,
  createSecret,
  listExpiringSecrets,
  listOwnSecrets,
  listSecrets,
  revokeOwnSecret,
  revokeSecret,
} from "#lib/principals/service-secrets";
import { createTrustRule, deleteTrustRule, listTrustRules } from "#lib/principals/service-trust-rules";
import { hashSecret } from "#lib/secrets/service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { createTestContext, createTestContextOf, seedRegistry } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const day = 24 * 3_600_000;
let registryId = 0;
let admin: Context;
/** Writes grants for team-a only. */
let narrow: Context;
let viewer: Context;

beforeAll(async () => {
  registryId = await seedRegistry(db(), "main");
  admin = await createPerson("ada", [{ role: "admin", registryId: null, pattern: null }]);
  narrow = await createPerson("nina", [{ role: "engineer", registryId, pattern: "team-a/**" }]);
  viewer = await createPerson("vera", [{ role: "viewer", registryId: null, pattern: null }]);
});

async function createPerson(
  login: string,
  bindings: { role: Role; registryId: number | null; pattern: string | null }[],
): Promise<Context> {
  const user = await db().user.create({ data: { login, name: login } });
  const ctx = createTestContext(bindings);
  return { ...ctx, principal: { ...ctx.principal, id: user.id, name: login } };
}

let count = 0;
const make = (ctx: Context, body: object = {}) =>
  createPrincipal(ctx, createPrincipalBody.parse({ kind: "robot", name: `robot-${++count}`, ...body }));
const secretOf = (body: object = {}) => createSecretBody.parse({ name: "one", ...body });
const rule = createTrustRuleBody.parse({
  issuer: "https://issuer.example",
  audience: "wharfinger",
  subjectPattern: "repo:team/*",
});
const names = async (ctx: Context, query: object = {}) =>
  (await listPrincipals(ctx, listPrincipalsQuery.parse({ limit: "500", ...query }))).items.map(
    (one) => one.name,
  );

describe("principals", () => {
  it("are made by who writes access, with an owner and an audit row, and a name is never used again", async () => {
    const robot = await make(admin, { name: "ci", description: "Builds" });
    expect(robot).toMatchObject({ kind: "robot", name: "ci", owner: "ada", state: "live", grantCount: 0 });
    await expect(make(admin, { name: "ci" })).rejects.toMatchObject({ status: 409, code: "name-taken" });
    await deletePrincipal(admin, robot.id);
    await expect(make(admin, { name: "ci" })).rejects.toMatchObject({ status: 409, code: "name-taken" });
    expect(await make(admin, { kind: "workload", name: "ci" })).toMatchObject({ kind: "workload" });
    const rows = await db().auditEvent.findMany({ where: { target: "robot:ci" }, orderBy: { id: "asc" } });
    expect(rows.map((row) => row.action)).toEqual(["principal.create", "principal.delete"]);
    for (const role of roles.filter((one) => !["engineer", "admin"].includes(one)))
      await expect(make(createTestContextOf(role))).rejects.toThrow(ForbiddenError);
  });

  it("W3: take no name that a shell, a file or basic credentials would trip over", () => {
    for (const name of [
      "",
      "CI",
      "a:b",
      "a b",
      "-a",
      "a-",
      "a/b",
      "a\u0000",
      "ａ",
      "a".repeat(65),
      "rob\u200bot",
    ])
      expect(createPrincipalBody.safeParse({ kind: "robot", name }).success, name).toBe(false);
    expect(createPrincipalBody.safeParse({ kind: "group", name: "cn=Platform, dc=x" }).success).toBe(true);
    expect(createPrincipalBody.safeParse({ kind: "group", name: "a\nb" }).success).toBe(false);
    expect(createPrincipalBody.safeParse({ kind: "group", name: "g", owner: "ada" }).success).toBe(false);
    expect(createPrincipalBody.safeParse({ kind: "built-in", name: "everyone" }).success).toBe(false);
  });

  it("W2: those who read a part see themselves, what they own, and who holds something in that part", async () => {
    const mine = await make(narrow, { name: "ninas" });
    const foreign = await make(admin, { name: "elsewhere" });
    const here = await make(admin, { name: "here" });
    const grant = { registryId, actions: ["pull"], createdBy: "tests" };
    await db().grant.create({ data: { ...grant, principalId: foreign.id, pattern: "team-b/**" } });
    await db().grant.create({ data: { ...grant, principalId: here.id, pattern: "team-a/api" } });
    await db().grant.create({ data: { ...grant, principalId: here.id, pattern: "team-b/api" } });
    expect(await names(narrow)).toEqual(["console", "everyone", "here", "ninas", "signed-in"]);
    expect((await getPrincipal(narrow, here.id)).grantCount).toBe(1);
    expect((await getPrincipal(admin, here.id)).grantCount).toBe(2);
    await expect(getPrincipal(narrow, foreign.id)).rejects.toMatchObject({ status: 404 });
    await expect(changePrincipal(narrow, foreign.id, { disabled: true })).rejects.toMatchObject({
      status: 404,
    });
    // Its grants elsewhere would be theirs as well, by a secret of their own.
    await expect(createSecret(narrow, here.id, secretOf())).rejects.toThrow(ForbiddenError);
    await expect(changePrincipal(narrow, here.id, { owner: "nina" })).rejects.toThrow(ForbiddenError);
    await expect(listSecrets(narrow, here.id)).rejects.toThrow(ForbiddenError);
    expect(
      await changePrincipal(narrow, mine.id, changePrincipalBody.parse({ disabled: true })),
    ).toMatchObject({
      state: "disabled",
    });
    await expect(getPrincipal(viewer, mine.id)).rejects.toMatchObject({ status: 404 });
    await expect(names(viewer)).rejects.toThrow(ForbiddenError);
  });

  it("leave built-in ones, people and groups as they are", async () => {
    const everyone = "00000000-0000-7000-8000-000000000001";
    await expect(changePrincipal(admin, everyone, { description: "x" })).rejects.toMatchObject({
      status: 409,
    });
    await expect(deletePrincipal(admin, everyone)).rejects.toMatchObject({ status: 409 });
    await expect(createSecret(admin, everyone, secretOf())).rejects.toMatchObject({ status: 409 });
    const group = await make(admin, { kind: "group", name: "platform" });
    await expect(createSecret(admin, group.id, secretOf())).rejects.toMatchObject({ status: 409 });
    await expect(createTrustRule(admin, group.id, rule)).rejects.toMatchObject({ status: 409 });
    await expect(changePrincipal(admin, group.id, { disabled: true })).rejects.toMatchObject({
      fields: [{ field: "disabled" }],
    });
    await expect(make(admin, { owner: "nobody-here" })).rejects.toMatchObject({
      fields: [{ field: "owner" }],
    });
  });

  it("lose grants, secrets and trust rules when they are deleted, and raise the version of access", async () => {
    const robot = await make(admin);
    await createSecret(admin, robot.id, secretOf());
    await createTrustRule(admin, robot.id, rule);
    await db().grant.create({
      data: { principalId: robot.id, registryId, pattern: "a", actions: ["pull"], createdBy: "tests" },
    });
    const before = await db().accessVersion.findUniqueOrThrow({ where: { id: 1 } });
    await deletePrincipal(admin, robot.id);
    const after = await db().accessVersion.findUniqueOrThrow({ where: { id: 1 } });
    expect(after.version).toBeGreaterThan(before.version);
    for (const table of [db().grant, db().accessSecret, db().trustRule] as {
      count(args: object): Promise<number>;
    }[])
      expect(await table.count({ where: { principalId: robot.id, revokedAt: null } })).toBe(0);
    expect(await names(admin)).not.toContain(robot.name);
    expect(await names(admin, { state: "deleted" })).toContain(robot.name);
    await expect(createSecret(admin, robot.id, secretOf())).rejects.toMatchObject({ status: 409 });
  });
});

describe("registry secrets", () => {
  it("are shown once, kept as a keyed hash, several at a time, and end one by one", async () => {
    const robot = await make(admin);
    const first = await createSecret(admin, robot.id, secretOf({ name: "old" }));
    const second = await createSecret(admin, robot.id, secretOf({ name: "new" }));
    expect(first.value).toMatch(/^wfs_[A-Za-z0-9_-]{43}$/);
    expect(first).toMatchObject({
      username: robot.name,
      secret: { state: "live", prefix: first.value.slice(0, 8) },
    });
    const kept = await db().accessSecret.findUniqueOrThrow({
      where: { secretHash: await hashSecret("registry-secret", first.value) },
    });
    expect(kept.id).toBe(first.secret.id);
    const everything = JSON.stringify([
      await db().accessSecret.findMany({ omit: { changedVersion: true } }),
      await listSecrets(admin, robot.id),
      (await db().auditEvent.findMany()).map(({ before, after, target }) => [before, after, target]),
    ]);
    expect(everything).not.toContain(first.value.slice(4));
    await revokeSecret(admin, robot.id, first.secret.id);
    const { items } = await listSecrets(admin, robot.id);
    expect(items.map((secret) => [secret.name, secret.state])).toEqual([
      ["new", "live"],
      ["old", "revoked"],
    ]);
    expect((await getPrincipal(admin, robot.id)).secretCount).toBe(1);
    await expect(revokeSecret(admin, (await make(admin)).id, second.secret.id)).rejects.toMatchObject({
      status: 404,
    });
  });

  it("are renewed by the robot's owner without any permission, and by nobody else without it", async () => {
    const robot = await make(admin, { owner: "vera" });
    const made = await createSecret(viewer, robot.id, secretOf());
    await createTrustRule(viewer, robot.id, rule);
    expect((await listTrustRules(viewer, robot.id)).items).toHaveLength(1);
    await revokeSecret(viewer, robot.id, made.secret.id);
    await expect(changePrincipal(viewer, robot.id, { disabled: true })).rejects.toThrow(ForbiddenError);
    await expect(createSecret(narrow, robot.id, secretOf())).rejects.toMatchObject({ status: 404 });
    await expect(createSecret(createTestContextOf("auditor"), robot.id, secretOf())).rejects.toThrow(
      ForbiddenError,
    );
  });

  it("say when they are about to end", async () => {
    const robot = await make(admin);
    const at = (days: number) => new Date(admin.now.getTime() + days * day).toISOString();
    for (const [name, days] of [
      ["far", 15],
      ["near", 13],
      ["never", 0],
    ] as const)
      await createSecret(admin, robot.id, secretOf({ name, expiresAt: days === 0 ? null : at(days) }));
    const states = async (now: Date) =>
      Object.fromEntries(
        (await listSecrets({ ...admin, now }, robot.id)).items.map((one) => [one.name, one.state]),
      );
    expect(await states(admin.now)).toEqual({ far: "live", near: "expiring", never: "live" });
    expect(await states(new Date(admin.now.getTime() + 14 * day))).toEqual({
      far: "expiring",
      near: "expired",
      never: "live",
    });
    await expect(createSecret(admin, robot.id, secretOf({ expiresAt: at(-1) }))).rejects.toMatchObject({
      fields: [{ field: "expiresAt" }],
    });
  });

  it("of a person are made by themselves only, and ended by them or who writes access everywhere", async () => {
    const made = await createOwnSecret(viewer, secretOf());
    expect(made.username).toBe("vera");
    const row = await db().accessPrincipal.findFirstOrThrow({ where: { kind: "user", name: "vera" } });
    await expect(createSecret(admin, row.id, secretOf())).rejects.toMatchObject({ status: 409 });
    await expect(revokeOwnSecret(narrow, made.secret.id)).rejects.toMatchObject({ status: 404 });
    await revokeSecret(admin, row.id, made.secret.id);
    expect((await listOwnSecrets(viewer)).items).toMatchObject([{ state: "revoked" }]);
    const again = await createOwnSecret(viewer, secretOf());
    await revokeOwnSecret(viewer, again.secret.id);
    const key = { ...viewer, principal: { ...viewer.principal, kind: "api-key" as const } };
    await expect(createOwnSecret(key, secretOf())).rejects.toThrow(ForbiddenError);
  });

  it("that end soon are told to who can renew them", async () => {
    const expiresAt = new Date(admin.now.getTime() + 3 * day).toISOString();
    const robot = await make(admin, { owner: "vera" });
    await createSecret(admin, robot.id, secretOf({ name: "soon", expiresAt }));
    await createOwnSecret(viewer, secretOf({ name: "veras", expiresAt }));
    const told = async (ctx: Context) => (await listExpiringSecrets(ctx)).map((secret) => secret.name);
    expect((await told(viewer)).toSorted()).toEqual(["soon", "veras"]);
    expect(await told(admin)).toContain("soon");
    expect(await told(admin)).not.toContain("veras");
    expect(await told(narrow)).toEqual([]);
    // Once it has ended, while nothing else lets its robot sign in.
    const later = { ...admin, now: new Date(admin.now.getTime() + 5 * day) };
    expect(await told(later)).toContain("soon");
    await createSecret(admin, robot.id, secretOf({ name: "next" }));
    expect(await told(later)).not.toContain("soon");
    expect(await told(admin)).toContain("soon");
  });

  it("are so many and no more", async () => {
    const robot = await make(admin);
    for (let index = 0; index < 20; index++) await createSecret(admin, robot.id, secretOf());
    await expect(createSecret(admin, robot.id, secretOf())).rejects.toMatchObject({ status: 409 });
  });
});

it("go on working when who answers for them is disabled, are told to who can mend it, and get a new owner", async () => {
  const otto = await createPerson("otto", []);
  const [one, two] = [await make(admin, { owner: "otto" }), await make(admin, { owner: "otto" })];
  await make(admin, { owner: "vera" });
  await db().user.update({ where: { login: "otto" }, data: { disabledAt: otto.now } });
  expect(await getPrincipal(admin, one.id)).toMatchObject({
    state: "live",
    owner: "otto",
    ownerDisabled: true,
  });
  expect(await names(admin, { owner: "disabled" })).toEqual([one.name, two.name].toSorted());
  expect(await names(admin, { owner: "enabled" })).not.toContain(one.name);
  expect(await summariseAbandoned(admin)).toMatchObject({ count: 2, newest: { owner: "otto" } });
  for (const ctx of [narrow, viewer, createTestContextOf("auditor")])
    expect(await summariseAbandoned(ctx)).toEqual({ count: 0, newest: null });
  expect(await changePrincipal(admin, one.id, { owner: "ada" })).toMatchObject({ ownerDisabled: false });
  await changePrincipal(admin, two.id, { disabled: true });
  expect(await summariseAbandoned(admin)).toEqual({ count: 0, newest: null });
});

it("trust rules name a subject, and end", async () => {
  const robot = await make(admin);
  const made = await createTrustRule(admin, robot.id, rule);
  expect(made).toMatchObject({ issuer: "https://issuer.example", claims: {} });
  await expect(deleteTrustRule(admin, (await make(admin)).id, made.id)).rejects.toMatchObject({
    status: 404,
  });
  await deleteTrustRule(admin, robot.id, made.id);
  expect((await listTrustRules(admin, robot.id)).items).toEqual([]);
  for (const subjectPattern of ["", "**", "*", "*:*"])
    expect(createTrustRuleBody.safeParse({ ...rule, subjectPattern }).success, subjectPattern).toBe(false);
  for (const issuer of [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "issuer",
    "https://issuer.example/\u0000",
    "https://issuer.example/\ud800",
    "https://me:secret@issuer.example",
    "https://issuer.example/?tenant=1",
    "https://issuer.example/#x",
  ])
    expect(createTrustRuleBody.safeParse({ ...rule, issuer }).success, issuer).toBe(false);
});
