import { beforeAll, describe, expect, it } from "vitest";
import { getSync, startSync } from "#lib/inventory/sync-service";
import { startHostileRegistry } from "#lib/oci/testing/hostile-registry";
import {
  connectRegistry,
  createIngestSecret,
  disconnectRegistry,
  getRegistry,
  listRegistries,
  updateRegistry,
} from "#lib/registries/connection-service";
import { allowNetwork, listAllowedNetworks, removeAllowedNetwork } from "#lib/registries/networks-service";
import { connectRegistryBody, testRegistryBody, updateRegistryBody } from "#lib/registries/schema";
import { testConnection, testRegistry } from "#lib/registries/test-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { testContext as admin, connectTestRegistry } from "#lib/testing/connect-test-registry";
import { createTestContext } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const canary = "canary-7f3e-secret-of-the-registry";
const body = (more: object) =>
  connectRegistryBody.parse({ slug: "mine", url: "https://registry.example.com", ...more });

describe("addresses", () => {
  it.each([
    "ftp://registry.example.com",
    "https://user:pass@registry.example.com",
    "https://registry.example.com/v2",
    "https://registry.example.com/?x=1",
    "https://registry.example.com/#x",
    "registry.example.com",
    "http://",
    "javascript:alert(1)",
  ])("O1: refuses %s and names the field", (url) => {
    const parsed = connectRegistryBody.safeParse({ slug: "mine", url });
    expect(parsed.error?.issues[0]?.path).toEqual(["url"]);
  });

  it.each(["A", "a.b", "a:b", "-a", "a-", "x".repeat(41), "", "../a"])("refuses the slug %j", (slug) => {
    expect(connectRegistryBody.safeParse({ slug, url: "https://r.example.com" }).success).toBe(false);
  });

  it.each([
    ["http://127.0.0.1:5000", "127.0.0.1/32"],
    ["http://10.1.2.3", "10.1.2.3/32"],
    ["http://[::1]:5000", "::1/128"],
    ["http://100.64.0.1", "100.64.0.1/32"],
  ])("O1: refuses %s and says which network to allow", async (url, cidr) => {
    await expect(connectRegistry(admin, body({ url }))).rejects.toMatchObject({
      status: 422,
      fields: [{ field: "url", message: expect.stringContaining(`allow ${cidr}`) }],
    });
  });

  it.each(["http://169.254.169.254", "http://[fe80::1]", "http://0.0.0.0", "http://2852039166"])(
    "O1: never reaches %s, whatever is allowed",
    async (url) => {
      await expect(connectRegistry(admin, body({ url }))).rejects.toMatchObject({ status: 422 });
    },
  );
});

describe("allowed networks", () => {
  it("are kept in their shortest spelling, with an audit row, and can be taken back", async () => {
    const added = await allowNetwork(admin, { cidr: "10.20.30.40/16", reason: "our registry" });
    expect(added.cidr).toBe("10.20.0.0/16");
    await expect(allowNetwork(admin, { cidr: "10.20.0.0/16", reason: "again" })).rejects.toMatchObject({
      status: 409,
    });
    await removeAllowedNetwork(admin, added.id);
    expect((await listAllowedNetworks(admin)).items).toEqual([]);
    const actions = await db().auditEvent.findMany({ where: { action: { startsWith: "network." } } });
    expect(actions.map((row) => row.action)).toEqual(["network.allow", "network.remove"]);
  });

  it.each([
    "0.0.0.0/0",
    "8.8.8.0/24",
    "169.254.0.0/16",
    "10.0.0.0/7",
    "::/0",
    "fe80::/10",
    "0x7f.1/8",
    "10.1/16",
    "x",
  ])("O1: %s cannot be allowed", async (cidr) => {
    await expect(allowNetwork(admin, { cidr, reason: "x" })).rejects.toMatchObject({ status: 422 });
  });
});

describe("connections", () => {
  let registryId: number;
  beforeAll(async () => {
    registryId = await connectTestRegistry("kept", "http://127.0.0.1:5999", {
      credentialKind: "basic",
      username: "console",
      secret: canary,
    });
  });

  it("F8 O10: the secret is sealed at rest and in no answer or audit row", async () => {
    await createIngestSecret(admin, "kept", `${canary}-for-notifications-long-enough`);
    const rows = await db().$queryRaw<{ text: string }[]>`
      SELECT r::text AS text FROM registry r UNION ALL SELECT a::text FROM audit_event a`;
    const answers = JSON.stringify([
      await getRegistry(admin, "kept"),
      await listRegistries(admin, { limit: 50 }),
    ]);
    expect(rows.map((row) => row.text).join("\n") + answers).not.toContain(canary);
    expect(await getRegistry(admin, "kept")).toMatchObject({
      hasSecret: true,
      notifications: { secretSet: true },
    });
  });

  it("O3: a new address takes the secret only when it is given again", async () => {
    const change = updateRegistryBody.parse({ url: "http://127.0.0.1:5998" });
    await expect(updateRegistry(admin, "kept", change)).rejects.toMatchObject({
      fields: [{ field: "secret" }],
    });
    const canaryServer = await startHostileRegistry(
      (_request, response) => void response.writeHead(401).end(),
    );
    const draft = testRegistryBody.parse({ slug: "kept", url: canaryServer.origin });
    await expect(testConnection(admin, draft)).rejects.toMatchObject({ fields: [{ field: "secret" }] });
    expect(canaryServer.requests).toEqual([]);
    await canaryServer.close();
  });

  it("W3: unknown fields are refused", () => {
    for (const extra of [{ id: 1 }, { secretCipher: "x" }, { disconnectedAt: null }, { state: "ok" }]) {
      expect(updateRegistryBody.safeParse(extra).success).toBe(false);
      expect(connectRegistryBody.safeParse({ slug: "a", url: "https://a.example", ...extra }).success).toBe(
        false,
      );
    }
  });

  it("W2: who has no binding into a registry gets 404, whatever they ask", async () => {
    const stranger = createTestContext([{ role: "admin", registryId: registryId + 999, pattern: null }]);
    for (const ask of [
      () => getRegistry(stranger, "kept"),
      () => updateRegistry(stranger, "kept", {}),
      () => disconnectRegistry(stranger, "kept"),
      () => testRegistry(stranger, "kept"),
      () => getSync(stranger, "kept"),
      () => startSync(stranger, "kept", {}),
      () => createIngestSecret(stranger, "kept", undefined),
    ])
      await expect(ask()).rejects.toMatchObject({ status: 404 });
    expect((await listRegistries(stranger, { limit: 50 })).items).toEqual([]);
  });

  it("W2: who sees a part sees the counts of that part", async () => {
    await db().repository.createMany({
      data: [
        { registryId, name: "team/api", tagCount: 3 },
        { registryId, name: "secret/plans", tagCount: 40 },
      ],
    });
    const part = createTestContext([{ role: "viewer", registryId, pattern: "team/**" }]);
    expect(await getRegistry(part, "kept")).toMatchObject({
      repositoryCount: 1,
      tagCount: 3,
      username: null,
    });
    await expect(updateRegistry(part, "kept", { name: "x" })).rejects.toMatchObject({ status: 403 });
    await expect(startSync(part, "kept", {})).rejects.toMatchObject({ status: 403 });
  });

  it("two wishes to sync are one run", async () => {
    const started = await Promise.all(Array.from({ length: 8 }, () => startSync(admin, "kept", {})));
    expect(new Set(started.map((sync) => sync.state))).toEqual(new Set(["queued"]));
    expect(await db().syncRun.count({ where: { registryId } })).toBe(1);
    const jobs = await db().$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM graphile_worker.jobs WHERE key LIKE 'crawl:%'`;
    expect(jobs[0]?.count).toBe(1);
  });

  it("tests step by step and keeps what was learned", async () => {
    const result = await testRegistry(admin, "kept");
    expect(result.steps.map((step) => step.state)).toContain("failed");
    expect(result).toMatchObject({ usable: false, advice: expect.stringContaining("host and port") });
    expect((await getRegistry(admin, "kept")).state.state).toBe("failing");
    const rows = await db().auditEvent.findMany({ where: { action: "registry.test", registryId } });
    expect(rows).toMatchObject([
      { target: "kept", actor: admin.principal.name, outcome: "succeeded", after: { state: "failing" } },
    ]);
    expect(JSON.stringify(rows[0]?.before)).not.toContain(canary);
  });

  it("disconnecting keeps everything and forgets the credential; the slug can be taken up again", async () => {
    await disconnectRegistry(admin, "kept");
    const gone = await getRegistry(admin, "kept");
    expect(gone).toMatchObject({ hasSecret: false, notifications: { secretSet: false } });
    expect(gone.disconnectedAt).not.toBeNull();
    expect(await db().repository.count({ where: { registryId } })).toBe(2);
    await expect(startSync(admin, "kept", {})).rejects.toMatchObject({ status: 409 });
    await connectRegistry(admin, connectRegistryBody.parse({ slug: "kept", url: "http://127.0.0.1:5999" }));
    expect((await db().registry.findUniqueOrThrow({ where: { slug: "kept" } })).id).toBe(registryId);
    expect((await getRegistry(admin, "kept")).disconnectedAt).toBeNull();
  });
});
