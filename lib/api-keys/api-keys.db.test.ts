import { beforeAll, expect, it } from "vitest";
import { ensureEnvironmentApiKey } from "#lib/api-keys/bootstrap";
import { createApiKeyBody, listApiKeysQuery } from "#lib/api-keys/schema";
import { createApiKey, listApiKeys, revokeApiKey } from "#lib/api-keys/service";
import { authenticate } from "#lib/auth/authenticate";
import type { Context } from "#lib/auth/context";
import { type Role, roles } from "#lib/auth/permissions";
import { ForbiddenError, UnauthenticatedError } from "#lib/http/errors";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { createTestContextOf, seedRegistry } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
let admin: Context;
let viewer: Context;

beforeAll(async () => {
  await seedRegistry(db(), "main");
  admin = await createPerson("ada", "admin");
  viewer = await createPerson("vera", "viewer");
});

async function createPerson(login: string, role: Role): Promise<Context> {
  const user = await db().user.create({ data: { login, name: login } });
  const ctx = createTestContextOf(role);
  return { ...ctx, principal: { ...ctx.principal, id: user.id, name: login } };
}

const create = (ctx: Context, body: object = {}) =>
  createApiKey(ctx, createApiKeyBody.parse({ name: "ci", role: "engineer", ...body }));
const use = (secret: string) =>
  authenticate(new Headers({ authorization: `Bearer ${secret}` }), { address: null, agent: null });
const names = async (ctx: Context, query: object = {}) =>
  (await listApiKeys(ctx, listApiKeysQuery.parse(query))).items.map((key) => key.name);

it("answers the secret once and keeps a keyed hash", async () => {
  const { key, secret } = await create(admin, { registry: "main", pattern: "team/**" });
  expect(secret).toMatch(/^whk_[A-Za-z0-9_-]{43}$/);
  expect(key).toMatchObject({ prefix: secret.slice(0, 8), registry: "main", owner: "ada", state: "live" });
  const shown = JSON.stringify([await listApiKeys(admin, listApiKeysQuery.parse({}))]);
  expect(shown).not.toContain(secret);
  expect(shown).not.toContain("secretHash");
  const stored = JSON.stringify(await db().apiKey.findMany());
  expect(stored).not.toContain(secret);
  const audit = await db().auditEvent.findFirstOrThrow({ where: { action: "api-key.create" } });
  expect(JSON.stringify(audit.after)).not.toContain(secret);
  expect((await use(secret)).bindings).toMatchObject([{ role: "engineer", pattern: "team/**" }]);
});

it("is for admins to create", async () => {
  for (const role of roles.filter((one) => one !== "admin"))
    await expect(create(createTestContextOf(role))).rejects.toThrow(ForbiddenError);
});

it("W3: refuses what is not the caller's to set, a time that has passed and an unknown owner", async () => {
  for (const extra of [{ source: "environment" }, { secretHash: "x" }, { ownerId: "x" }, { createdAt: "x" }])
    expect(createApiKeyBody.safeParse({ name: "a", role: "viewer", ...extra }).success).toBe(false);
  await expect(create(admin, { expiresAt: "2020-01-01T00:00:00Z" })).rejects.toMatchObject({
    fields: [{ field: "expiresAt" }],
  });
  await expect(create(admin, { owner: "nobody-here" })).rejects.toMatchObject({
    fields: [{ field: "owner" }],
  });
});

it("W2: shows and revokes only one's own without the permission", async () => {
  const own = await create(admin, { name: "veras", owner: "vera" });
  const other = await create(admin, { name: "adas" });
  expect(await names(viewer)).toEqual(["veras"]);
  expect(await names(viewer, { owner: "ada" })).toEqual([]);
  await expect(revokeApiKey(viewer, other.key.id)).rejects.toMatchObject({ status: 404 });
  await expect(revokeApiKey(viewer, crypto.randomUUID())).rejects.toMatchObject({ status: 404 });
  await expect(revokeApiKey(createTestContextOf("auditor"), other.key.id)).rejects.toThrow(ForbiddenError);
  await revokeApiKey(viewer, own.key.id);
  await expect(use(own.secret)).rejects.toThrow(UnauthenticatedError);
  expect(await names(viewer)).toEqual([]);
  expect(await names(viewer, { all: "true" })).toEqual(["veras"]);
});

it("makes a key's keys belong to the same owner, so that they die together", async () => {
  const parent = await create(admin, { name: "parent", role: "admin", owner: "vera" });
  const principal = await use(parent.secret);
  const child = await create({ ...admin, principal });
  expect(child.key.owner).toBe("vera");
  await db().user.update({ where: { login: "vera" }, data: { disabledAt: new Date() } });
  await expect(use(child.secret)).rejects.toThrow(UnauthenticatedError);
  expect((await listApiKeys(admin, listApiKeysQuery.parse({ owner: "vera" }))).items[0]?.state).toBe(
    "owner-disabled",
  );
  await db().user.update({ where: { login: "vera" }, data: { disabledAt: null } });
});

it("leaves the key of the environment to the environment", async () => {
  await ensureEnvironmentApiKey("env-key-Q8w3Zr5TyUi1OpAs6DfGh2JkLx");
  const key = await db().apiKey.findFirstOrThrow({ where: { source: "environment" } });
  await expect(revokeApiKey(admin, key.id)).rejects.toMatchObject({ status: 409 });
});
