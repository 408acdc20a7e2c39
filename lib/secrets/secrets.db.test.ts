import { afterEach, describe, expect, it } from "vitest";
import { createMasterKey, MasterKeyError, readMasterKeys } from "#lib/secrets/master-key";
import { open, readKeyId, seal } from "#lib/secrets/seal";
import { hashSecret, openSecret, resealSecrets, sealSecret, verifyMasterKey } from "#lib/secrets/service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { seedRegistry } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const oldKey = "unit-Kf3vQz8mYtR1xWc7LpNs0aHdJe5uGbTo";
const newKey = "unit-Pq7nBs2kXwE9zVd4MtRy6hJgLc1oFaUi";
const canary = "canary-credential-1234567890";

afterEach(() => {
  process.env.WHARFINGER_MASTER_KEY = oldKey;
  delete process.env.WHARFINGER_MASTER_KEY_PREVIOUS;
});

describe("sealed secrets", () => {
  it("opens what it sealed, and never seals the same text alike", () => {
    const sealed = sealSecret("registry-credential", canary);
    expect(sealed).not.toContain(canary);
    expect(sealSecret("registry-credential", canary)).not.toBe(sealed);
    expect(openSecret("registry-credential", sealed)).toBe(canary);
    expect(openSecret("registry-credential", sealSecret("registry-credential", ""))).toBe("");
  });

  it("F8: refuses another purpose, another key and every changed byte", () => {
    const keys = readMasterKeys({ WHARFINGER_MASTER_KEY: oldKey });
    const sealed = seal(keys, "registry-credential", canary);
    expect(() => open(keys, "hash-key", sealed)).toThrow(MasterKeyError);
    const others = readMasterKeys({ WHARFINGER_MASTER_KEY: newKey });
    expect(() => open(others, "registry-credential", sealed)).toThrow(/another master key/);
    const [format = "", keyId = "", nonce = "", body = ""] = sealed.split(".");
    const flip = (text: string, index: number) => {
      const bytes = Buffer.from(text, "base64url");
      bytes[index] = (bytes[index] ?? 0) ^ 1;
      return bytes.toString("base64url");
    };
    for (let index = 0; index < 12; index++)
      expect(() =>
        open(keys, "registry-credential", [format, keyId, flip(nonce, index), body].join(".")),
      ).toThrow(MasterKeyError);
    for (let index = 0; index < Buffer.from(body, "base64url").length; index++)
      expect(() =>
        open(keys, "registry-credential", [format, keyId, nonce, flip(body, index)].join(".")),
      ).toThrow(MasterKeyError);
    for (const broken of ["", "v1", "v1.a.b.c", `${sealed}.x`, "plain text"])
      expect(() => open(keys, "registry-credential", broken)).toThrow(MasterKeyError);
  });

  it("W11: has no default key and takes no short one", () => {
    expect(() => readMasterKeys({})).toThrow(/WHARFINGER_MASTER_KEY is not set/);
    expect(() => readMasterKeys({ WHARFINGER_MASTER_KEY: "short" })).toThrow(/at least 32/);
  });

  it("hashes apart by purpose, and alike over processes", async () => {
    const hash = await hashSecret("api-key", canary);
    expect(await hashSecret("api-key", canary)).toBe(hash);
    expect(await hashSecret("ingest-secret", canary)).not.toBe(hash);
    expect(hash).not.toContain(canary);
  });

  it("F8: seals anew under a new key, resumes, keeps hashes valid, and then needs the old key no more", async () => {
    for (let index = 0; index < 150; index++) {
      const id = await seedRegistry(db(), `r${index}`);
      const secretCipher = sealSecret("registry-credential", `${canary}-${index}`);
      await db().registry.update({ where: { id }, data: { secretCipher } });
    }
    const hash = await hashSecret("api-key", canary);
    process.env.WHARFINGER_MASTER_KEY = newKey;
    expect(await resealSecrets()).toEqual({ resealed: 0, unreadable: 151 });
    process.env.WHARFINGER_MASTER_KEY_PREVIOUS = oldKey;
    // As if a run had been killed halfway: some are sealed anew already.
    const first = await db().registry.findFirstOrThrow({ where: { slug: "r0" } });
    const anew = sealSecret(
      "registry-credential",
      openSecret("registry-credential", first.secretCipher ?? ""),
    );
    await db().registry.update({ where: { id: first.id }, data: { secretCipher: anew } });
    expect(await resealSecrets()).toEqual({ resealed: 150, unreadable: 0 });
    expect(await resealSecrets()).toEqual({ resealed: 0, unreadable: 0 });
    delete process.env.WHARFINGER_MASTER_KEY_PREVIOUS;
    const rows = await db().registry.findMany({ select: { slug: true, secretCipher: true } });
    for (const row of rows) {
      expect(readKeyId(row.secretCipher ?? "")).toBe(createMasterKey(newKey).id);
      expect(openSecret("registry-credential", row.secretCipher ?? "")).toBe(
        `${canary}-${row.slug.slice(1)}`,
      );
    }
    expect(JSON.stringify(rows)).not.toContain(canary);
    const url = process.env.DATABASE_URL;
    // Another address for the same database: what this process remembers does not count.
    process.env.DATABASE_URL = `${url}?again`;
    expect(await hashSecret("api-key", canary)).toBe(hash);
    process.env.WHARFINGER_MASTER_KEY = oldKey;
    process.env.DATABASE_URL = `${url}?third`;
    await expect(verifyMasterKey()).rejects.toThrow(/another master key/);
    process.env.DATABASE_URL = url;
  });
});
