import { createHmac, createSecretKey, randomBytes } from "node:crypto";
import { db } from "#lib/db/client";
import { MasterKeyError, type MasterKeys, readMasterKeys } from "#lib/secrets/master-key";
import { open, seal } from "#lib/secrets/seal";
import {
  findHashKey,
  keepHashKey,
  listForeignSealed,
  replaceSealed,
  type SealedPlace,
  sealedPlaces,
} from "#lib/secrets/store";

/** What a secret is kept for; bound into its sealed form or its hash. */
export type SealPurpose = SealedPlace;
export type HashPurpose = "api-key" | "ingest-secret" | "registry-secret" | "refresh-token";

let keysOfEnvironment: { text: string; keys: MasterKeys } | null = null;

function getMasterKeys(): MasterKeys {
  const text = `${process.env.WHARFINGER_MASTER_KEY}\n${process.env.WHARFINGER_MASTER_KEY_PREVIOUS}`;
  if (keysOfEnvironment?.text !== text) keysOfEnvironment = { text, keys: readMasterKeys(process.env) };
  return keysOfEnvironment.keys;
}

/** Encrypts a credential for the database. */
export function sealSecret(purpose: SealPurpose, plaintext: string): string {
  return seal(getMasterKeys(), purpose, plaintext);
}

/** Decrypts what sealSecret made for the same purpose. Throws MasterKeyError when the key is not at hand. */
export function openSecret(purpose: SealPurpose, sealed: string): string {
  return open(getMasterKeys(), purpose, sealed);
}

let hashKey: { database: string | undefined; key: Promise<Buffer> } | null = null;

/**
 * Keyed hash (HMAC-SHA-256) under which a secret that we only compare is stored and looked up. The hash key is made
 * on first use and kept sealed, so that a new master key leaves the hashes valid.
 */
export async function hashSecret(purpose: HashPurpose, secret: string): Promise<string> {
  return (await prepareHasher(purpose))(secret);
}

type Hasher = (secret: string) => string;
const hashers = new WeakMap<Buffer, Map<HashPurpose, Hasher>>();

/** The same hash without waiting, for where many are checked: the key is loaded once. */
export async function prepareHasher(purpose: HashPurpose): Promise<Hasher> {
  const bytes = await getHashKey();
  const byPurpose = hashers.get(bytes) ?? new Map<HashPurpose, Hasher>();
  hashers.set(bytes, byPurpose);
  const known = byPurpose.get(purpose);
  if (known) return known;
  const key = createSecretKey(bytes);
  const prefix = `wharfinger/${purpose}\n`;
  const hasher: Hasher = (secret) =>
    createHmac("sha256", key).update(prefix).update(secret).digest("base64url");
  byPurpose.set(purpose, hasher);
  return hasher;
}

async function getHashKey(): Promise<Buffer> {
  const database = process.env.DATABASE_URL;
  if (hashKey?.database !== database) hashKey = null;
  hashKey ??= { database, key: loadHashKey() };
  try {
    return await hashKey.key;
  } catch (error) {
    // A database that was away must not be remembered as a missing key.
    hashKey = null;
    throw error;
  }
}

async function loadHashKey(): Promise<Buffer> {
  const sealed =
    (await findHashKey(db())) ??
    (await keepHashKey(db(), sealSecret("hash-key", randomBytes(32).toString("base64url"))));
  return Buffer.from(openSecret("hash-key", sealed), "base64url");
}

/** Refuses a master key that does not belong to this database. To be called at start-up. */
export async function verifyMasterKey(): Promise<void> {
  // A key that is missing is said before a database that is away.
  getMasterKeys();
  await getHashKey();
}

/**
 * Seals everything anew that is not sealed by the current master key. Each value is its own write, so a run that
 * was killed is finished by running it again.
 */
export async function resealSecrets(): Promise<{ resealed: number; unreadable: number }> {
  const keys = getMasterKeys();
  let resealed = 0;
  let unreadable = 0;
  for (const place of sealedPlaces) {
    let after = "";
    for (;;) {
      const rows = await listForeignSealed(db(), place, keys.current.id, after);
      for (const row of rows) {
        const plaintext = tryOpen(keys, place, row.sealed);
        if (plaintext === null) unreadable++;
        else if (await replaceSealed(db(), place, row, seal(keys, place, plaintext))) resealed++;
      }
      const last = rows.at(-1);
      if (!last) break;
      after = last.id;
    }
  }
  return { resealed, unreadable };
}

function tryOpen(keys: MasterKeys, place: SealedPlace, sealed: string): string | null {
  try {
    return open(keys, place, sealed);
  } catch (error) {
    if (error instanceof MasterKeyError) return null;
    throw error;
  }
}
