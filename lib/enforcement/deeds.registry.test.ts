import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import { changeEnforcement } from "#lib/enforcement/service";
import { deleteManifest, planDeleteManifest } from "#lib/inventory/service-delete-manifest";
import { deleteTag, planDeleteTag } from "#lib/inventory/service-delete-tag";
import { putBackTag } from "#lib/inventory/service-put-back";
import { getRepository } from "#lib/inventory/service-repositories";
import type { RegistryClient } from "#lib/oci/client";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { closeRegistryClients, getRegistryClient } from "#lib/registries/open-client";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { crawlNow, testContext } from "#lib/testing/connect-test-registry";
import {
  createRobot,
  type EnforcedRegistry,
  giveGrant,
  startEnforcedRegistry,
} from "#lib/testing/enforced-registry";
import { pushImage, pushTag } from "#lib/testing/push-content";
import { createTestContextOf } from "#lib/testing/seed-inventory";
import { openTokenConsole, type TokenConsole } from "#lib/testing/token-console";

const { db } = attachTestDatabase();
const slug = "pier";
let doors: TokenConsole;
let registry: EnforcedRegistry;
let client: RegistryClient;

beforeAll(async () => {
  doors = await openTokenConsole();
  registry = await startEnforcedRegistry({ slug, mode: "certificate" });
  const stocker = await createRobot("stocker", [
    { registry: slug, pattern: "**", actions: ["push", "delete"] },
    { registry: slug, pattern: null, actions: ["catalog"] },
  ]);
  client = createTestClient(registry.url, {
    credentials: { kind: "basic", username: stocker.user, password: stocker.password },
    timeouts: { headersMs: 20_000, idleMs: 20_000, deadlineMs: 20_000 },
  });
  for (let number = 0; number < 7; number++)
    prepared.push(await push(`${number === 3 ? "prod" : "team"}/r-${number}`));
  await crawlNow(slug, "sweep");
});
afterAll(async () => {
  await client.close();
  await closeRegistryClients();
  await registry.stop();
  await doors.close();
});

let count = 0;

/** An engineer of the console with an account, and so far no grant at any registry. */
async function createEngineer(): Promise<{ ctx: Context; login: string }> {
  const login = `engineer-${++count}`;
  const { id } = await db().user.create({ data: { login, name: login } });
  const ctx = createTestContextOf("engineer");
  return { login, ctx: { ...ctx, principal: { ...ctx.principal, id, name: login } } };
}

interface Place {
  repository: string;
  first: string;
}
const prepared: Place[] = [];

/** The tags v1 and v2 on two digests, and stable on the second. */
async function push(repository: string): Promise<Place> {
  const first = await pushImage(client, repository, "v1", { layers: [repository, "1"] });
  const second = await pushImage(client, repository, "v2", { layers: [repository, "2"] });
  await pushTag(client, repository, "stable", second.digest);
  return { repository, first: first.digest };
}

/** A repository of its own for a test, read by the console. */
function take(prefix = "team"): Place {
  const index = prepared.findIndex((place) => place.repository.startsWith(`${prefix}/`));
  const [place] = prepared.splice(index, 1);
  if (!place) throw new Error("All repositories are taken.");
  return place;
}

const tagsOf = async (repository: string) => (await client.listTags(repository)).tags.toSorted();

describe("deeds of the console where grants hold", () => {
  it("need the grant besides the role: deleting a tag", async () => {
    const { ctx, login } = await createEngineer();
    const { repository } = take();
    const query = { registry: slug, repository, tag: "v1" };
    const plan = await planDeleteTag(ctx, query);
    expect(plan).toMatchObject({ way: "not-possible" });
    expect(plan.explanation).toMatch(
      new RegExp(`No grant lets ${login} delete ${repository} in pier.*My access`),
    );
    await expect(deleteTag(ctx, query)).rejects.toMatchObject({ status: 403, code: "grant-missing" });
    expect(await tagsOf(repository)).toEqual(["stable", "v1", "v2"]);

    await giveGrant(`user:${login}`, { registry: slug, pattern: "team/*", actions: ["push"] });
    await expect(deleteTag(ctx, query)).rejects.toMatchObject({ code: "grant-missing" });
    await giveGrant(`user:${login}`, { registry: slug, pattern: repository, actions: ["delete"] });
    expect(await planDeleteTag(ctx, query)).not.toMatchObject({ way: "not-possible" });
    await deleteTag(ctx, query);
    expect(await tagsOf(repository)).toEqual(["stable", "v2"]);
  });

  it("need the grant besides the role: deleting a manifest", async () => {
    const { ctx, login } = await createEngineer();
    const { repository, first } = take();
    const query = { registry: slug, repository, reference: first };
    expect(await planDeleteManifest(ctx, query)).toMatchObject({ possible: false });
    await expect(deleteManifest(ctx, query)).rejects.toMatchObject({ status: 403, code: "grant-missing" });
    await giveGrant(`user:${login}`, { registry: slug, pattern: "team/*", actions: ["delete"] });
    expect(await planDeleteManifest(ctx, query)).toMatchObject({ possible: true });
    await deleteManifest(ctx, query);
    expect(await client.findManifestHead(repository, first)).toBeNull();
  });

  it("need the grant besides the role: putting a tag back; a grant without the role is not enough either", async () => {
    const { ctx, login } = await createEngineer();
    const { repository, first } = take();
    const body = { registry: slug, repository, tag: "v2", digest: first };
    const before = await getRepository(ctx, { registry: slug, repository });
    expect(before.allowed.putBack).toBe(true);
    expect(before.missingGrants.push).toMatch(/No grant lets .* push/);
    await expect(putBackTag(ctx, body)).rejects.toMatchObject({ status: 403, code: "grant-missing" });
    await giveGrant(`user:${login}`, { registry: slug, pattern: "team/*", actions: ["push"] });
    expect((await getRepository(ctx, { registry: slug, repository })).missingGrants.push).toBeNull();
    const viewer = { ...createTestContextOf("viewer"), now: new Date() };
    const known = { ...viewer, principal: { ...viewer.principal, id: ctx.principal.id } };
    await expect(putBackTag(known, body)).rejects.toMatchObject({ code: "forbidden" });
    expect(await putBackTag(ctx, body)).toMatchObject({ moved: true });
    expect((await client.getManifest(repository, "v2")).digest).toBe(first);
  });

  it("keep to protection: a grant is not enough, being named is", async () => {
    const { ctx, login } = await createEngineer();
    const { repository } = take("prod");
    await db().registry.update({ where: { slug }, data: { protectedPatterns: ["prod/**"] } });
    await giveGrant(`user:${login}`, { registry: slug, pattern: "prod/**", actions: ["push", "delete"] });
    const query = { registry: slug, repository, tag: "v1", confirm: repository };
    expect((await planDeleteTag(ctx, query)).explanation).toMatch(/is protected and .* is not named there/);
    await expect(deleteTag(ctx, query)).rejects.toMatchObject({ code: "grant-missing" });
    const admin = createTestContextOf("admin");
    await expect(deleteTag(admin, query)).rejects.toMatchObject({ code: "grant-missing" });
    const principal = await db().accessPrincipal.findFirstOrThrow({ where: { name: login } });
    await db().protectionPusher.create({
      data: { registryId: registry.id, pattern: "prod/**", principalId: principal.id, createdBy: "test" },
    });
    await deleteTag(ctx, query);
    expect(await tagsOf(repository)).toEqual(["stable", "v2"]);
  });

  it("count the grants of groups while they are fresh, for somebody without a row of their own too", async () => {
    const { ctx } = await createEngineer();
    const { repository } = take();
    const userId = ctx.principal.id ?? "";
    await giveGrant("group:harbour", { registry: slug, pattern: "team/*", actions: ["delete"] });
    const query = { registry: slug, repository, tag: "v1" };
    await db().user.update({
      where: { id: userId },
      data: { groups: ["harbour"], groupsAt: new Date(Date.now() - 13 * 3_600_000) },
    });
    await expect(deleteTag(ctx, query)).rejects.toMatchObject({ code: "grant-missing" });
    await db().user.update({ where: { id: userId }, data: { groupsAt: new Date() } });
    await deleteTag(ctx, query);
  });

  it("count the grants of the person that an API key belongs to", async () => {
    const { ctx, login } = await createEngineer();
    const { repository } = take();
    const key = async (ownerId: string | null) => {
      const made = await db().apiKey.create({
        data: { name: "key", prefix: "k", secretHash: `hash-${++count}`, role: "engineer", ownerId },
      });
      const base = createTestContextOf("engineer");
      return { ...base, principal: { ...base.principal, kind: "api-key" as const, id: made.id } };
    };
    const query = { registry: slug, repository, tag: "v1" };
    await giveGrant(`user:${login}`, { registry: slug, pattern: "team/*", actions: ["delete"] });
    await expect(deleteTag(await key(null), query)).rejects.toMatchObject({ code: "grant-missing" });
    await deleteTag(await key(ctx.principal.id), query);
  });

  it("ask for no grant where enforcement is off; suspended, only deletions do", async () => {
    const { ctx } = await createEngineer();
    const { repository, first } = take();
    await changeEnforcement(testContext, slug, { state: "suspended", reason: "a test" });
    const body = { registry: slug, repository, tag: "v2", digest: first };
    expect(await putBackTag(ctx, body)).toMatchObject({ moved: true });
    const query = { registry: slug, repository, tag: "v1" };
    await expect(deleteTag(ctx, query)).rejects.toMatchObject({ code: "grant-missing" });
    await changeEnforcement(testContext, slug, { state: "off" });
    // The registry itself asks for tokens still, and the console has them.
    await deleteTag(ctx, query);
    const own = await getRegistryClient(registry.id);
    expect((await own.listTags(repository)).tags.toSorted()).toEqual(["stable", "v2"]);
    await changeEnforcement(testContext, slug, { state: "on" });
  });
});
