import { exportSPKI, importJWK } from "jose";
import { db, type Tx } from "#lib/db/client";
import { ConflictError, NotFoundError } from "#lib/http/errors";
import { log } from "#lib/log/log";
import { openSecret, sealSecret } from "#lib/secrets/service";
import {
  createRoot,
  createSigningMaterial,
  leafLifeMs,
  type RootMaterial,
  renewLeaf,
} from "#lib/tokens/certificates";
import {
  deleteKeyRow,
  findKeyRow,
  insertFirstKey,
  insertNextKey,
  listKeyRows,
  lockRegistryKeys,
  type NewSigningKey,
  replaceLeaf,
  type SigningKeyRow,
  setKeyState,
} from "#lib/tokens/store-keys";

export interface ShownSigningKey {
  kid: string;
  state: "next" | "current" | "retired";
  createdAt: Date;
  activatedAt: Date | null;
  retiredAt: Date | null;
  leafExpiresAt: Date | null;
}

export interface KeyExport {
  /** Certificates for rootcertbundle, one after the other: also of the next key, so that a change has no gap. */
  rootBundlePem: string;
  /** For the jwks file. */
  jwks: { keys: object[] };
  /** For a registry that knows one key only: the public key that signs now. */
  publicKeyPem: string;
}

/** The keys of a registry: next, current, retired. Makes the first one where there is none. */
export async function listSigningKeys(registryId: number): Promise<ShownSigningKey[]> {
  return (await listRows(registryId)).map(
    ({ kid, state, createdAt, activatedAt, retiredAt, leafExpiresAt }) => ({
      kid,
      state: state as ShownSigningKey["state"],
      createdAt,
      activatedAt,
      retiredAt,
      leafExpiresAt,
    }),
  );
}

/** What a registry must be given to believe our tokens. */
export async function exportSigningKeys(registryId: number): Promise<KeyExport> {
  const rows = await listRows(registryId);
  const current = rows.find(({ state }) => state === "current");
  if (!current) throw new NotFoundError("This registry has no signing key.");
  const publicKey = await importJWK(readJwk(current), "ES256", { extractable: true });
  if (publicKey instanceof Uint8Array) throw new TypeError("A signing key is no EC key.");
  const roots = new Set(rows.flatMap(({ rootPem }) => (rootPem === null ? [] : [`${rootPem.trim()}\n`])));
  return {
    rootBundlePem: [...roots].join(""),
    jwks: prepareJwks(rows.map((row) => ({ kid: row.kid, publicJwk: readJwk(row) }))),
    publicKeyPem: `${(await exportSPKI(publicKey)).trim()}\n`,
  };
}

export function prepareJwks(keys: readonly { kid: string; publicJwk: object }[]): { keys: object[] } {
  return { keys: keys.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: "ES256", use: "sig" })) };
}

/**
 * Publishes a key that will sign later; registries that know keys are given it before anything is signed with it.
 * It comes from the root of the current key, which registries that know the root trust already, or from a new one.
 */
export async function issueSigningKey(
  tx: Tx,
  registryId: number,
  now: Date,
  options: { newRoot?: boolean } = {},
): Promise<{ kid: string }> {
  await lockRegistryKeys(tx, registryId);
  const rows = await listKeyRows(tx, registryId);
  if (rows.some(({ state }) => state === "next"))
    throw new ConflictError("There is a next key already. Sign with it, or retire it first.");
  const current = rows.find(({ state }) => state === "current");
  const key = await prepareKey(registryId, now, options.newRoot ? undefined : current);
  await insertNextKey(tx, key);
  return { kid: key.kid };
}

/** Signs with the next key from now on. The one before stays published until it is retired. */
export async function activateSigningKey(tx: Tx, registryId: number, now: Date): Promise<{ kid: string }> {
  await lockRegistryKeys(tx, registryId);
  const rows = await listKeyRows(tx, registryId);
  const next = rows.find(({ state }) => state === "next");
  if (!next) throw new ConflictError("There is no next key. Publish one first.");
  const current = rows.find(({ state }) => state === "current");
  if (current) await setKeyState(tx, current.id, { state: "retired", retiredAt: now });
  await setKeyState(tx, next.id, { state: "current", activatedAt: now });
  return { kid: next.kid };
}

/**
 * Forgets the keys that sign no more, or, where there are none, the next one. Only once every registry has the
 * current key, and the last token of the old one is dead: six minutes after it signed last.
 */
export async function retireSigningKey(tx: Tx, registryId: number, now: Date): Promise<{ kids: string[] }> {
  await lockRegistryKeys(tx, registryId);
  const rows = await listKeyRows(tx, registryId);
  const retired = rows.filter(({ state }) => state === "retired");
  const leaving = retired.length > 0 ? retired : rows.filter(({ state }) => state === "next");
  if (leaving.length === 0)
    throw new ConflictError("There is no key to retire: only the current one is left.");
  for (const { id, kid, retiredAt } of leaving) {
    if (retiredAt && now.getTime() - retiredAt.getTime() < tokensLastMs)
      throw new ConflictError(`Tokens of the key ${kid} are valid for some minutes more. Retire it then.`);
    await deleteKeyRow(tx, id);
  }
  return { kids: leaving.map(({ kid }) => kid) };
}

/** Five minutes, and the minute that registries allow on top. */
export const tokensLastMs = 360_000;

const makingFirst = new Map<string, Promise<void>>();

/** Makes the first key of a registry; many who ask at once, here or in other processes, end with the same one. */
export function ensureSigningKey(registryId: number): Promise<void> {
  const place = `${process.env.DATABASE_URL} ${registryId}`;
  let making = makingFirst.get(place);
  if (!making) {
    making = prepareKey(registryId, new Date())
      .then((key) => insertFirstKey(db(), key))
      .finally(() => makingFirst.delete(place));
    makingFirst.set(place, making);
  }
  return making;
}

const renewing = new Map<string, Promise<void>>();

/** Whether the certificate is in the second half of its life. */
export function isLeafDue(leafExpiresAtMs: number | null, nowMs: number): boolean {
  return leafExpiresAtMs !== null && leafExpiresAtMs - nowMs < leafLifeMs / 2;
}

/** Puts a new certificate in the place of one that ends soon; of several processes one succeeds, which is enough. */
export function renewCertificate(keyId: string): Promise<void> {
  let running = renewing.get(keyId);
  if (!running) {
    running = renewNow(keyId).finally(() => renewing.delete(keyId));
    renewing.set(keyId, running);
  }
  return running;
}

async function renewNow(keyId: string): Promise<void> {
  const row = await findKeyRow(db(), keyId);
  const now = new Date();
  const root = row && openRoot(row);
  if (!root || !isLeafDue(row.leafExpiresAt?.getTime() ?? null, now.getTime())) return;
  const leaf = await renewLeaf({ ...root, publicJwk: readJwk(row), now });
  if (await replaceLeaf(db(), keyId, row.leafExpiresAt, leaf))
    log.info({ kid: row.kid }, "the certificate of a signing key was renewed");
}

async function listRows(registryId: number): Promise<SigningKeyRow[]> {
  const rows = await listKeyRows(db(), registryId);
  if (rows.some(({ state }) => state === "current")) return rows;
  await ensureSigningKey(registryId);
  return listKeyRows(db(), registryId);
}

async function prepareKey(registryId: number, now: Date, from?: SigningKeyRow): Promise<NewSigningKey> {
  const root = (from && openRoot(from)) ?? (await createRoot(`registry ${registryId}`, now));
  const made = await createSigningMaterial(root, now);
  return {
    registryId,
    kid: made.kid,
    publicJwk: made.publicJwk,
    privateCipher: sealSecret("signing-key", made.privatePem),
    rootPem: root.rootPem,
    rootCipher: sealSecret("signing-root", root.rootPrivatePem),
    leafPem: made.leafPem,
    leafExpiresAt: made.leafExpiresAt,
    createdAt: now,
  };
}

function openRoot({ rootPem, rootCipher }: SigningKeyRow): RootMaterial | null {
  if (rootPem === null || rootCipher === null) return null;
  return { rootPem, rootPrivatePem: openSecret("signing-root", rootCipher) };
}

function readJwk(row: Pick<SigningKeyRow, "publicJwk">) {
  return row.publicJwk as { kty: string; crv: string; x: string; y: string };
}
