import type { Db, Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";

const hashKeySetting = "hash-key";

export async function findHashKey(db: Db | Tx): Promise<string | null> {
  const row = await db.setting.findUnique({ where: { key: hashKeySetting } });
  return typeof row?.value === "string" ? row.value : null;
}

/** Keeps the given key unless another process was first; returns the one that stands. */
export async function keepHashKey(db: Db | Tx, sealed: string): Promise<string> {
  await db.$executeRaw`
    INSERT INTO setting (key, value) VALUES (${hashKeySetting}, to_jsonb(${sealed}::text)) ON CONFLICT (key) DO NOTHING`;
  return (await findHashKey(db)) ?? sealed;
}

/** Every column that holds sealed values, and the purpose they are sealed for. */
export const sealedPlaces = [
  "hash-key",
  "registry-credential",
  "signing-key",
  "signing-root",
  "alert-channel",
] as const;
export type SealedPlace = (typeof sealedPlaces)[number];

export interface SealedRow {
  id: string;
  sealed: string;
}

/** Values not sealed by the given key, some at a time, in order of their id. */
export async function listForeignSealed(
  db: Db,
  place: SealedPlace,
  keyId: string,
  afterId: string,
): Promise<SealedRow[]> {
  const own = `v1.${keyId}.%`;
  if (place === "hash-key")
    return db.$queryRaw<SealedRow[]>`
      SELECT key AS id, value #>> '{}' AS sealed FROM setting
      WHERE key = ${hashKeySetting} AND key > ${afterId} AND value #>> '{}' NOT LIKE ${own}`;
  if (place === "alert-channel")
    return db.$queryRaw<SealedRow[]>`
      SELECT id::text AS id, channel_cipher AS sealed FROM alert_rule
      WHERE channel_cipher IS NOT NULL AND channel_cipher NOT LIKE ${own} AND id::text > ${afterId}
      ORDER BY id::text LIMIT 100`;
  if (place !== "registry-credential") {
    const column = signingColumn(place);
    return db.$queryRaw<SealedRow[]>`
      SELECT id::text AS id, ${column} AS sealed FROM signing_key
      WHERE ${column} IS NOT NULL AND ${column} NOT LIKE ${own} AND id::text > ${afterId}
      ORDER BY id::text LIMIT 100`;
  }
  return db.$queryRaw<SealedRow[]>`
    SELECT id::text AS id, secret_cipher AS sealed FROM registry
    WHERE secret_cipher IS NOT NULL AND secret_cipher NOT LIKE ${own}
      AND registry.id > ${afterId === "" ? 0 : Number(afterId)}
    ORDER BY registry.id LIMIT 100`;
}

/** Replaces one value, unless somebody changed it meanwhile. */
export async function replaceSealed(
  db: Db,
  place: SealedPlace,
  row: SealedRow,
  sealed: string,
): Promise<boolean> {
  return (await db.$executeRaw(prepareReplacement(place, row, sealed))) === 1;
}

function prepareReplacement(place: SealedPlace, row: SealedRow, sealed: string): Prisma.Sql {
  if (place === "hash-key")
    return Prisma.sql`UPDATE setting SET value = to_jsonb(${sealed}::text), updated_at = now()
      WHERE key = ${row.id} AND value #>> '{}' = ${row.sealed}`;
  if (place === "registry-credential")
    return Prisma.sql`UPDATE registry SET secret_cipher = ${sealed}
      WHERE id = ${Number(row.id)} AND secret_cipher = ${row.sealed}`;
  if (place === "alert-channel")
    return Prisma.sql`UPDATE alert_rule SET channel_cipher = ${sealed}
      WHERE id = ${row.id}::uuid AND channel_cipher = ${row.sealed}`;
  const column = signingColumn(place);
  return Prisma.sql`UPDATE signing_key SET ${column} = ${sealed}
    WHERE id = ${row.id}::uuid AND ${column} = ${row.sealed}`;
}

function signingColumn(place: "signing-key" | "signing-root"): Prisma.Sql {
  return place === "signing-key" ? Prisma.sql`private_cipher` : Prisma.sql`root_cipher`;
}
