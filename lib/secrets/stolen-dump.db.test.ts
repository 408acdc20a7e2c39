import { randomBytes } from "node:crypto";
import { afterEach, expect, it } from "vitest";
import { createAlertRuleBody } from "#lib/alerts/schema";
import { createAlertRule } from "#lib/alerts/service";
import { createApiKeyBody } from "#lib/api-keys/schema";
import { createApiKey } from "#lib/api-keys/service";
import { nobody } from "#lib/auth/context";
import { createUserBody } from "#lib/people/schema";
import { createUser, resetPassword } from "#lib/people/service";
import { createIngestSecret, updateRegistry } from "#lib/registries/connection-service";
import { updateRegistryBody } from "#lib/registries/schema";
import { testRegistry } from "#lib/registries/test-service";
import { createMasterKey } from "#lib/secrets/master-key";
import { readKeyId } from "#lib/secrets/seal";
import { resealSecrets, verifyMasterKey } from "#lib/secrets/service";
import { signInWithPassword } from "#lib/sessions/sign-in";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";

const { db } = attachTestDatabase();
const masterKey = "unit-Kf3vQz8mYtR1xWc7LpNs0aHdJe5uGbTo";
const otherKey = "unit-Pq7nBs2kXwE9zVd4MtRy6hJgLc1oFaUi";
const secrets: string[] = [];

function createCanary(): string {
  const canary = `canary-${randomBytes(18).toString("base64url")}`;
  secrets.push(canary);
  return canary;
}

afterEach(() => {
  process.env.WHARFINGER_MASTER_KEY = masterKey;
  delete process.env.WHARFINGER_MASTER_KEY_PREVIOUS;
});

/** Every row of every table, those of the job queue too, as text. */
async function dumpEverything(): Promise<string> {
  const tables = await db().$queryRaw<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`;
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await db().$queryRawUnsafe<{ row: string }[]>(`SELECT t::text AS row FROM ${name} AS t`);
    rows.push(...found.map(({ row }) => `${name} ${row}`));
  }
  return rows.join("\n");
}

it("F8: a stolen dump holds no secret that was ever given or made, in no table", async () => {
  const url = "http://localhost:1";
  for (let index = 0; index < 20; index++)
    await connectTestRegistry(`basic-${index}`, url, {
      credentialKind: "basic",
      username: "reader",
      secret: createCanary(),
    });
  await connectTestRegistry("token", url, { credentialKind: "token", secret: createCanary() });
  const change = updateRegistryBody.parse({ secret: createCanary() });
  await updateRegistry(testContext, "token", change);
  await createIngestSecret(testContext, "token", createCanary());
  secrets.push((await createIngestSecret(testContext, "basic-0", undefined)).secret);
  // A test that fails must not keep what it sent either.
  await testRegistry(testContext, "basic-1");

  const password = createCanary();
  const { user } = await createUser(
    testContext,
    createUserBody.parse({ login: "mara", name: "Mara", password, roles: [] }),
  );
  const ctx = { principal: nobody, requestId: "dump", now: new Date(), address: "192.0.2.1", agent: "test" };
  await signInWithPassword(ctx, "mara", createCanary());
  const signedIn = await signInWithPassword(ctx, "mara", password);
  if (!signedIn.ok) throw new Error(signedIn.reason);
  const made = await createUser(testContext, createUserBody.parse({ login: "eve", name: "Eve", roles: [] }));
  secrets.push(made.password ?? "", (await resetPassword(testContext, user.id)).password);
  for (const role of ["viewer", "admin"] as const) {
    const body = createApiKeyBody.parse({ name: role, role, owner: "mara" });
    secrets.push((await createApiKey(testContext, body)).secret);
  }
  const channel = { kind: "webhook", name: "ops", url: `https://hooks.example.com/${createCanary()}` };
  const rule = createAlertRuleBody.parse({ condition: { kind: "new-cause" }, channel });
  secrets.push((await createAlertRule(testContext, rule)).secret ?? "");
  secrets.push(masterKey, process.env.WHARFINGER_SESSION_SECRET ?? "");

  const dump = await dumpEverything();
  expect(dump).toContain("basic-19");
  expect(dump).toContain("registry.connect");
  expect(secrets.length).toBeGreaterThanOrEqual(30);
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThanOrEqual(10);
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString("hex")])
      expect(dump.includes(form), `a secret of ${secret.length} characters`).toBe(false);
    const encoded = Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -1);
    expect(dump.includes(encoded)).toBe(false);
  }
});

it("F8: a lost master key is refused at the start and told at a registry, and nothing is overwritten", async () => {
  const before = await db().registry.findMany({
    select: { slug: true, secretCipher: true },
    orderBy: { id: "asc" },
  });
  const url = process.env.DATABASE_URL;
  process.env.WHARFINGER_MASTER_KEY = otherKey;
  try {
    // Another address for the same database: what this process remembers does not count.
    process.env.DATABASE_URL = `${url}?another-process`;
    await expect(verifyMasterKey()).rejects.toThrow(/another master key/);
  } finally {
    process.env.DATABASE_URL = url;
  }
  const failure = await testRegistry(testContext, "basic-2").then(String, String);
  expect(failure).toMatch(/master key/);
  expect(await resealSecrets()).toMatchObject({ resealed: 0 });
  const after = await db().registry.findMany({
    select: { slug: true, secretCipher: true },
    orderBy: { id: "asc" },
  });
  expect(after).toEqual(before);
});

it("F8: sealing anew that is cut off by the database goes on where it was", async () => {
  process.env.WHARFINGER_MASTER_KEY = otherKey;
  process.env.WHARFINGER_MASTER_KEY_PREVIOUS = masterKey;
  // Row by row, the database refuses at each one in turn, as if the process ended there.
  await db().$executeRawUnsafe(`CREATE FUNCTION refuse_reseal() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF to_jsonb(NEW.slug) = (SELECT value FROM setting WHERE key = 'refused') THEN RAISE EXCEPTION 'cut off'; END IF;
      RETURN NEW;
    END $$`);
  await db().$executeRawUnsafe(
    "CREATE TRIGGER refuse_reseal BEFORE UPDATE ON registry FOR EACH ROW EXECUTE FUNCTION refuse_reseal()",
  );
  let sealedAnew = 0;
  for (const slug of ["basic-0", "basic-7", "basic-15", "token"]) {
    const refused = { key: "refused", value: slug };
    await db().setting.upsert({ where: { key: "refused" }, create: refused, update: refused });
    await expect(resealSecrets()).rejects.toThrow();
    const rows = await db().registry.findMany({ where: { secretCipher: { not: null } } });
    const anew = rows.filter(
      (row) => readKeyId(row.secretCipher ?? "") === createMasterKey(otherKey).id,
    ).length;
    expect(anew).toBeGreaterThanOrEqual(sealedAnew);
    sealedAnew = anew;
  }
  await db().$executeRawUnsafe("DROP TRIGGER refuse_reseal ON registry");
  expect((await resealSecrets()).unreadable).toBe(0);
  delete process.env.WHARFINGER_MASTER_KEY_PREVIOUS;
  expect(await resealSecrets()).toEqual({ resealed: 0, unreadable: 0 });
  const dump = await dumpEverything();
  for (const secret of secrets) expect(dump.includes(secret)).toBe(false);
});
