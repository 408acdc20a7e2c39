import type { Db, Tx } from "#lib/db/client";

export type SigningKeyState = "next" | "current" | "retired";

export interface NewSigningKey {
  registryId: number;
  kid: string;
  publicJwk: object;
  privateCipher: string;
  rootPem: string;
  rootCipher: string;
  leafPem: string;
  leafExpiresAt: Date;
  createdAt: Date;
}

/** Makes the first key of a registry the current one, unless another process was first. */
export async function insertFirstKey(db: Db, key: NewSigningKey): Promise<void> {
  await db.$executeRaw`
    INSERT INTO signing_key (id, registry_id, kid, public_jwk, private_cipher, root_pem, root_cipher, leaf_pem,
      leaf_expires_at, state, created_at, activated_at)
    VALUES (gen_random_uuid(), ${key.registryId}, ${key.kid}, ${JSON.stringify(key.publicJwk)}::jsonb,
      ${key.privateCipher}, ${key.rootPem}, ${key.rootCipher}, ${key.leafPem}, ${key.leafExpiresAt}, 'current',
      ${key.createdAt}, ${key.createdAt})
    ON CONFLICT DO NOTHING`;
}

export async function insertNextKey(tx: Tx, key: NewSigningKey): Promise<void> {
  await tx.signingKey.create({ data: { ...key, state: "next" } });
}

export type SigningKeyRow = Awaited<ReturnType<typeof listKeyRows>>[number];

/** Next before current before retired, the newest first. */
export async function listKeyRows(db: Db | Tx, registryId: number) {
  const rows = await db.signingKey.findMany({ where: { registryId }, orderBy: [{ createdAt: "desc" }] });
  const order = ["next", "current", "retired"];
  return rows.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}

/** So that two people who rotate at once do so one after the other. */
export async function lockRegistryKeys(tx: Tx, registryId: number): Promise<void> {
  await tx.$queryRaw`SELECT id FROM registry WHERE id = ${registryId} FOR NO KEY UPDATE`;
}

export async function setKeyState(
  tx: Tx,
  id: string,
  change: { state: SigningKeyState; activatedAt?: Date; retiredAt?: Date },
): Promise<void> {
  await tx.signingKey.update({ where: { id }, data: change });
}

export async function deleteKeyRow(tx: Tx, id: string): Promise<void> {
  await tx.signingKey.delete({ where: { id } });
}

export async function findKeyRow(db: Db, id: string) {
  return db.signingKey.findUnique({ where: { id } });
}

/** Puts a new certificate in the place of the known one; false when another process was first. */
export async function replaceLeaf(
  db: Db,
  id: string,
  before: Date | null,
  leaf: { leafPem: string; leafExpiresAt: Date },
): Promise<boolean> {
  const { count } = await db.signingKey.updateMany({ where: { id, leafExpiresAt: before }, data: leaf });
  return count === 1;
}
