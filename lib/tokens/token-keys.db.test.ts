import { createPublicKey, X509Certificate } from "node:crypto";
import {
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  importX509,
  type JSONWebKeySet,
} from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { createDb } from "#lib/db/client";
import { readKeyId } from "#lib/secrets/seal";
import { resealSecrets } from "#lib/secrets/service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { seedRegistry } from "#lib/testing/seed-inventory";
import { getFreshAccess } from "#lib/tokens/access-gate";
import { issueConsoleToken, issueStrangerToken } from "#lib/tokens/service-console";
import {
  activateSigningKey,
  ensureSigningKey,
  exportSigningKeys,
  issueSigningKey,
  listSigningKeys,
  renewCertificate,
  retireSigningKey,
} from "#lib/tokens/service-keys";

const { db } = attachTestDatabase();
let registryId: number;
beforeAll(async () => {
  registryId = await seedRegistry(db(), "prod");
});

const hour = 3_600_000;
const day = 24 * hour;

async function verifyByCertificate(token: string, rootPem: string): Promise<void> {
  const { x5c } = decodeProtectedHeader(token);
  const pem = `-----BEGIN CERTIFICATE-----\n${x5c?.[0]}\n-----END CERTIFICATE-----\n`;
  const leaf = new X509Certificate(pem);
  const root = new X509Certificate(rootPem);
  expect(x5c).toHaveLength(1);
  expect(root.ca).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(leaf.checkIssued(root)).toBe(true);
  expect(leaf.verify(root.publicKey)).toBe(true);
  expect(root.verify(root.publicKey)).toBe(true);
  expect(Date.parse(leaf.validTo) - Date.now()).toBeLessThan(8 * day);
  expect(Date.parse(leaf.validFrom)).toBeLessThan(Date.now());
  expect(Date.parse(root.validTo) - Date.now()).toBeGreaterThan(9 * 365 * day);
  await compactVerify(token, await importX509(pem, "ES256"));
}

describe("signing keys", () => {
  it("the first key is made once, however many ask at once, here and in other processes", async () => {
    await Promise.all(Array.from({ length: 8 }, () => issueConsoleToken(registryId, [])));
    await ensureSigningKey(registryId);
    expect(await db().signingKey.count()).toBe(1);
    expect((await listSigningKeys(registryId)).map(({ state }) => state)).toEqual(["current"]);
  });

  it("certificate mode: the token chains to the root, and what is exported opens it", async () => {
    const { token, expiresInMs } = await issueConsoleToken(registryId, [
      "repository:a/b:pull,push,fly",
      "registry:catalog:*",
    ]);
    // The same token is given again for less than ten seconds.
    expect(expiresInMs).toBeGreaterThan(289_000);
    expect(expiresInMs).toBeLessThanOrEqual(300_000);
    const { rootBundlePem, jwks, publicKeyPem } = await exportSigningKeys(registryId);
    await verifyByCertificate(token, rootBundlePem);
    const { payload } = await compactVerify(token, createPublicKey(publicKeyPem));
    expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({
      sub: "built-in:console",
      aud: "prod",
      access: [
        { type: "repository", name: "a/b", actions: ["pull", "push"] },
        { type: "registry", name: "catalog", actions: ["*"] },
      ],
    });
    await compactVerify(token, createLocalJWKSet(jwks as JSONWebKeySet));
    const stranger = await issueStrangerToken(registryId);
    const read = await compactVerify(stranger.token, createPublicKey(publicKeyPem));
    expect(JSON.parse(Buffer.from(read.payload).toString()).access).toEqual([]);
  });

  it("T13: a rotation overlaps: the next key is published before it signs, the old one after", async () => {
    await db().registry.update({ where: { id: registryId }, data: { tokenMode: "jwks" } });
    const transact = <T>(work: (tx: Parameters<typeof issueSigningKey>[0]) => Promise<T>) =>
      db().$transaction(work);
    const kidNow = async () => decodeProtectedHeader((await issueConsoleToken(registryId, [])).token).kid;
    const first = await kidNow();
    const before = await exportSigningKeys(registryId);
    const { kid } = await transact((tx) => issueSigningKey(tx, registryId, new Date()));
    await expect(transact((tx) => issueSigningKey(tx, registryId, new Date()))).rejects.toThrow(
      /next key already/,
    );
    expect(await kidNow()).toBe(first);
    const during = await exportSigningKeys(registryId);
    // The root stays, so a registry that trusts it needs nothing new.
    expect(during.rootBundlePem).toBe(before.rootBundlePem);
    expect(during.jwks.keys).toHaveLength(2);
    const old = await issueConsoleToken(registryId, ["repository:x:pull"]);
    const now = new Date();
    await transact((tx) => activateSigningKey(tx, registryId, now));
    const fresh = await issueConsoleToken(registryId, ["repository:x:pull"]);
    expect(decodeProtectedHeader(fresh.token).kid).toBe(kid);
    const after = createLocalJWKSet((await exportSigningKeys(registryId)).jwks as JSONWebKeySet);
    for (const { token } of [old, fresh]) await compactVerify(token, after);
    // A registry that was given the keys before the change takes the new one.
    await compactVerify(fresh.token, createLocalJWKSet(during.jwks as JSONWebKeySet));
    expect((await listSigningKeys(registryId)).map(({ state }) => state)).toEqual(["current", "retired"]);
    await expect(transact((tx) => retireSigningKey(tx, registryId, new Date()))).rejects.toThrow(
      /some minutes/,
    );
    await transact((tx) => retireSigningKey(tx, registryId, new Date(now.getTime() + 7 * 60_000)));
    const last = createLocalJWKSet((await exportSigningKeys(registryId)).jwks as JSONWebKeySet);
    await expect(compactVerify(old.token, last)).rejects.toThrow(/no applicable key/);
    await compactVerify((await issueConsoleToken(registryId, [])).token, last);
    await expect(transact((tx) => retireSigningKey(tx, registryId, new Date()))).rejects.toThrow(
      /no key to retire/,
    );
    await expect(transact((tx) => activateSigningKey(tx, registryId, new Date()))).rejects.toThrow(
      /no next key/,
    );
  });

  it("a certificate in the second half of its life is renewed beside the requests, an expired one before", async () => {
    await db().registry.update({ where: { id: registryId }, data: { tokenMode: "certificate" } });
    const { rootBundlePem } = await exportSigningKeys(registryId);
    const current = () => db().signingKey.findFirstOrThrow({ where: { registryId, state: "current" } });
    const row = await current();
    await renewCertificate(row.id);
    expect((await current()).leafPem).toBe(row.leafPem);
    for (const leftMs of [day, -day]) {
      await db().signingKey.update({
        where: { id: row.id },
        data: { leafExpiresAt: new Date(Date.now() + leftMs) },
      });
      // Two processes that renew at once end with one certificate.
      const other = createDb(process.env.DATABASE_URL ?? "", 1);
      await Promise.all([issueConsoleToken(registryId, []), renewCertificate(row.id), getFreshAccess()]);
      await other.$disconnect();
      await expect
        .poll(async () => ((await current()).leafExpiresAt?.getTime() ?? 0) - Date.now(), { timeout: 5_000 })
        .toBeGreaterThan(6 * day);
      await verifyByCertificate((await issueConsoleToken(registryId, [])).token, rootBundlePem);
    }
    expect((await current()).kid).toBe(row.kid);
  });

  it("F8: private keys lie sealed, and are sealed anew with everything else", async () => {
    const rows = await db().signingKey.findMany();
    const text = rows.map((row) => Object.values(row).map(String).join(" ")).join(" ");
    expect(text).not.toContain("PRIVATE KEY");
    const before = process.env.WHARFINGER_MASTER_KEY ?? "";
    process.env.WHARFINGER_MASTER_KEY = "unit-Pq7nBs2kXwE9zVd4MtRy6hJgLc1oFaUi";
    process.env.WHARFINGER_MASTER_KEY_PREVIOUS = before;
    expect((await resealSecrets()).unreadable).toBe(0);
    delete process.env.WHARFINGER_MASTER_KEY_PREVIOUS;
    const after = await db().signingKey.findMany();
    for (const [index, row] of after.entries()) {
      expect(readKeyId(row.privateCipher)).not.toBe(readKeyId(rows[index]?.privateCipher ?? ""));
      expect(readKeyId(row.rootCipher ?? "")).toBe(readKeyId(row.privateCipher));
    }
    const { rootBundlePem } = await exportSigningKeys(registryId);
    await verifyByCertificate((await issueConsoleToken(registryId, [])).token, rootBundlePem);
  });
});
