import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import { type Role, roles } from "#lib/auth/permissions";
import { ForbiddenError, UnauthenticatedError } from "#lib/http/errors";
import { ensureFirstAdmin } from "#lib/people/bootstrap";
import {
  changeUserBody,
  createRoleBindingBody,
  createUserBody,
  listRoleBindingsQuery,
  listUsersQuery,
} from "#lib/people/schema";
import { changeUser, createUser, getUser, listUsers, resetPassword } from "#lib/people/service";
import { changeOwnPassword, getMe } from "#lib/people/service-me";
import { createRoleBinding, deleteRoleBinding, listRoleBindings } from "#lib/people/service-role-bindings";
import { signInWithPassword } from "#lib/sessions/sign-in";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { createTestContext, createTestContextOf, seedRegistry } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const admin = createTestContextOf("admin");
let registryId = 0;

beforeAll(async () => {
  registryId = await seedRegistry(db(), "main");
});
beforeEach(async () => {
  await db().user.deleteMany();
  await db().rateLimit.deleteMany();
  await ensureFirstAdmin("correct horse battery");
});

async function create(login: string, role?: Role) {
  const { user } = await createUser(
    admin,
    createUserBody.parse({
      login,
      name: login,
      password: "a good password",
      roles: role ? [{ role }] : [],
    }),
  );
  return user;
}

async function findAdminId(): Promise<string> {
  return (await db().user.findUniqueOrThrow({ where: { login: "admin" } })).id;
}

const lastAudit = () => db().auditEvent.findFirstOrThrow({ orderBy: { id: "desc" } });

describe("people", () => {
  it("creates an account that can sign in with the password made up for it", async () => {
    const input = createUserBody.parse({
      login: "mara",
      name: "Mara Lind",
      roles: [{ role: "engineer", registry: "main", pattern: "team/*" }],
    });
    const { user, password } = await createUser(admin, input);
    expect(user).toMatchObject({
      login: "mara",
      kind: "local",
      roles: [{ registry: "main", pattern: "team/*" }],
    });
    expect(password).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
    expect(await signInWithPassword(admin, "mara", password ?? "")).toMatchObject({ ok: true });
    const audit = await db().auditEvent.findFirstOrThrow({
      where: { action: "user.create", target: "mara" },
    });
    expect(JSON.stringify(audit.after)).not.toContain(password);
    await expect(createUser(admin, input)).rejects.toMatchObject({ status: 409 });
  });

  it("writes nothing when a role of the new account names an unknown registry", async () => {
    const input = createUserBody.parse({
      login: "x",
      name: "X",
      roles: [{ role: "viewer", registry: "none" }],
    });
    await expect(createUser(admin, input)).rejects.toMatchObject({
      status: 422,
      fields: [{ field: "roles.0.registry" }],
    });
    expect(await db().user.count()).toBe(1);
  });

  it("W3: refuses fields that are not the caller's to set", () => {
    const extra = {
      source: "oidc",
      disabledAt: null,
      passwordHash: "x",
      createdAt: "2020-01-01",
      id: "x",
      admin: true,
    };
    for (const [key, value] of Object.entries(extra)) {
      expect(createUserBody.safeParse({ login: "a", name: "A", [key]: value }).success, key).toBe(false);
      expect(changeUserBody.safeParse({ name: "A", [key]: value }).success, key).toBe(false);
      expect(createRoleBindingBody.safeParse({ user: "a", role: "viewer", [key]: value }).success, key).toBe(
        false,
      );
    }
    expect(changeUserBody.safeParse({ login: "other" }).success).toBe(false);
    expect(createRoleBindingBody.safeParse({ user: "a", role: "root" }).success).toBe(false);
    expect(createRoleBindingBody.safeParse({ user: "a", role: "viewer", pattern: "team/.*" }).success).toBe(
      false,
    );
    expect(listUsersQuery.safeParse({ sort: "passwordHash" }).success).toBe(false);
    expect(listUsersQuery.safeParse({ q: { contains: "a" } }).success).toBe(false);
  });

  it("W13: takes only logins that cannot be mistaken for another", () => {
    for (const login of [
      "Admin",
      "аdmin",
      "admin\u200b",
      " admin",
      "admin ",
      "ad min",
      "",
      ".a",
      "a.",
      "K",
      "ﬁ",
    ])
      expect(createUserBody.safeParse({ login, name: "A" }).success, login).toBe(false);
  });

  it("lets only admins of everything change people, and only auditors and admins read them", async () => {
    const mara = await create("mara");
    const changes: ((ctx: Context) => Promise<unknown>)[] = [
      (ctx) => createUser(ctx, createUserBody.parse({ login: "new", name: "New" })),
      (ctx) => changeUser(ctx, mara.id, { name: "Other" }),
      (ctx) => resetPassword(ctx, mara.id),
      (ctx) => createRoleBinding(ctx, createRoleBindingBody.parse({ user: "mara", role: "admin" })),
      (ctx) => deleteRoleBinding(ctx, mara.id),
    ];
    const reads: ((ctx: Context) => Promise<unknown>)[] = [
      (ctx) => listUsers(ctx, listUsersQuery.parse({})),
      (ctx) => getUser(ctx, mara.id),
      (ctx) => listRoleBindings(ctx, listRoleBindingsQuery.parse({})),
    ];
    const denied = roles.filter((role) => role !== "admin").map(createTestContextOf);
    denied.push(createTestContext([{ role: "admin", registryId, pattern: null }]), createTestContext([]));
    const before = await db().auditEvent.count();
    for (const ctx of denied) {
      for (const change of changes) await expect(change(ctx)).rejects.toThrow(ForbiddenError);
      const isAuditor = ctx.principal.bindings[0]?.role === "auditor";
      for (const read of reads)
        if (isAuditor) await read(ctx);
        else await expect(read(ctx)).rejects.toThrow(ForbiddenError);
    }
    const nobodyCtx = { ...admin, principal: { ...admin.principal, kind: "nobody" as const } };
    for (const verb of [...changes, ...reads])
      await expect(verb(nobodyCtx)).rejects.toThrow(UnauthenticatedError);
    expect(await db().auditEvent.count()).toBe(before);
    expect(await db().user.count()).toBe(2);
  });

  it("keeps the last admin who can sign in", async () => {
    const id = await findAdminId();
    const binding = await db().roleBinding.findFirstOrThrow({ where: { userId: id } });
    await create("other", "viewer");
    await expect(changeUser(admin, id, { disabled: true })).rejects.toMatchObject({ code: "last-admin" });
    await expect(deleteRoleBinding(admin, binding.id)).rejects.toMatchObject({ code: "last-admin" });
    expect((await getUser(admin, id)).disabledAt).toBeNull();
    await create("second", "admin");
    const both = await Promise.allSettled([
      changeUser(admin, id, { disabled: true }),
      changeUser(admin, (await db().user.findUniqueOrThrow({ where: { login: "second" } })).id, {
        disabled: true,
      }),
    ]);
    expect(both.filter((one) => one.status === "fulfilled")).toHaveLength(1);
  });

  it("W7: disables an account: its sessions end and no password opens it", async () => {
    const mara = await create("mara");
    await signInWithPassword(admin, "mara", "a good password");
    await changeUser(admin, mara.id, { disabled: true });
    expect(await lastAudit()).toMatchObject({ action: "user.disable", target: "mara" });
    expect(await db().session.count({ where: { userId: mara.id, revokedAt: null } })).toBe(0);
    expect(await signInWithPassword(admin, "mara", "a good password")).toEqual({
      ok: false,
      reason: "refused",
    });
    await changeUser(admin, mara.id, { disabled: false });
    expect(await signInWithPassword(admin, "mara", "a good password")).toMatchObject({ ok: true });
  });

  it("says how many robots go on without the person who answers for them", async () => {
    const mara = await create("mara");
    const robot = { kind: "robot", ownerId: mara.id, createdBy: "tests" };
    await db().accessPrincipal.createMany({
      data: [
        { ...robot, name: "one" },
        { ...robot, name: "two" },
        { ...robot, name: "off", disabledAt: new Date() },
        { ...robot, name: "gone", deletedAt: new Date() },
      ],
    });
    expect(await getUser(admin, mara.id)).toMatchObject({ answersFor: 2 });
    await changeUser(admin, mara.id, { disabled: true });
    expect(await lastAudit()).toMatchObject({
      action: "user.disable",
      after: { disabled: true, answersFor: 2 },
    });
    await db().accessPrincipal.deleteMany({ where: { ownerId: mara.id } });
  });

  it("resets a password: the new one is shown once, the old one and the sessions are dead", async () => {
    const mara = await create("mara");
    await signInWithPassword(admin, "mara", "a good password");
    const { password } = await resetPassword(admin, mara.id);
    expect(await db().session.count({ where: { userId: mara.id, revokedAt: null } })).toBe(0);
    expect(await signInWithPassword(admin, "mara", "a good password")).toMatchObject({ ok: false });
    expect(await signInWithPassword(admin, "mara", password)).toMatchObject({ ok: true });
  });

  it("changes one's own password only with the present one, and ends the other sessions", async () => {
    const mara = await create("mara");
    const first = await signInWithPassword(admin, "mara", "a good password");
    const own = await signInWithPassword(admin, "mara", "a good password");
    if (!own.ok || !first.ok) throw new Error("sign-in");
    const ctx: Context = {
      ...admin,
      principal: { kind: "user", id: mara.id, name: "mara", bindings: [], sessionId: own.sessionId },
    };
    const next = { present: "wrong", password: "an even better one" };
    await expect(changeOwnPassword(ctx, next)).rejects.toMatchObject({ fields: [{ field: "present" }] });
    await changeOwnPassword(ctx, { ...next, present: "a good password" });
    const alive = await db().session.findMany({ where: { userId: mara.id, revokedAt: null } });
    expect(alive.map((row) => row.id)).toEqual([own.sessionId]);
    for (let count = 0; count < 10; count++)
      await expect(changeOwnPassword(ctx, next)).rejects.toMatchObject({ status: 422 });
    await expect(changeOwnPassword(ctx, next)).rejects.toMatchObject({ status: 429 });
  });

  it("gives and takes roles with their place", async () => {
    await create("mara");
    const input = createRoleBindingBody.parse({
      user: "mara",
      role: "engineer",
      registry: "main",
      pattern: "a/**",
    });
    const binding = await createRoleBinding(admin, input);
    expect(binding).toMatchObject({
      user: "mara",
      role: "engineer",
      registry: "main",
      pattern: "a/**",
      source: "manual",
    });
    expect(await lastAudit()).toMatchObject({ action: "role-binding.create", target: "mara", registryId });
    await expect(createRoleBinding(admin, input)).rejects.toMatchObject({ status: 409 });
    await deleteRoleBinding(admin, binding.id);
    await expect(deleteRoleBinding(admin, binding.id)).rejects.toMatchObject({ status: 404 });
  });

  it("pages through people without losing or repeating anybody, and reads filters as they are written", async () => {
    for (const login of ["a_b", "aab", "b", "c", "d"]) await create(login);
    for (const sort of ["login", "-login", "createdAt", "-createdAt"]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listUsers(admin, listUsersQuery.parse({ limit: "2", sort, cursor }));
        seen.push(...page.items.map((user) => user.login));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(seen.toSorted()).toEqual(["a_b", "aab", "admin", "b", "c", "d"]);
      if (sort === "login") expect(seen).toEqual(seen.toSorted());
    }
    const logins = async (q: string) =>
      (await listUsers(admin, listUsersQuery.parse({ q }))).items.map((user) => user.login);
    expect(await logins("A_B")).toEqual(["a_b"]);
    expect(await logins("%")).toEqual([]);
    await expect(listUsers(admin, listUsersQuery.parse({ cursor: "nonsense" }))).rejects.toMatchObject({
      status: 400,
    });
  });

  it("tells who asks and what they may do somewhere", async () => {
    const ctx = createTestContext([{ role: "engineer", registryId, pattern: "team/*" }]);
    const me = await getMe(ctx);
    expect(me.roles).toEqual([{ role: "engineer", registry: "main", pattern: "team/*" }]);
    expect(me.permissions).toContainEqual({ permission: "tags.delete", everywhere: false });
    expect(me.permissions.map((one) => one.permission)).not.toContain("people.read");
  });
});
