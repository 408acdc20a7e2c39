import type { Db, Tx } from "#lib/db/client";
import type { UuidKeyset } from "#lib/http/uuid-keyset";

/** Serialises processes that start at once. */
export async function lockEnvironmentKey(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('wharfinger/environment-key'))`;
}

/** Ends every key of the environment but the one with this hash; returns how many. */
export async function endEnvironmentKeys(tx: Tx, exceptHash: string | null, now: Date): Promise<number> {
  const { count } = await tx.apiKey.updateMany({
    where: {
      source: "environment",
      revokedAt: null,
      ...(exceptHash === null ? {} : { secretHash: { not: exceptHash } }),
    },
    data: { revokedAt: now },
  });
  return count;
}

export async function isLiveEnvironmentKey(tx: Tx, secretHash: string): Promise<boolean> {
  const row = await tx.apiKey.findUnique({ where: { secretHash } });
  return row?.source === "environment" && row.role === "admin" && !row.revokedAt && !row.expiresAt;
}

export async function putEnvironmentKey(
  tx: Tx,
  key: { name: string; prefix: string; secretHash: string; createdAt: Date },
): Promise<void> {
  const standing = { role: "admin", registryId: null, pattern: null, source: "environment" };
  await tx.apiKey.upsert({
    where: { secretHash: key.secretHash },
    create: { ...key, ...standing },
    update: { ...standing, name: key.name, revokedAt: null, expiresAt: null, ownerId: null },
  });
}

const withOwner = { owner: { select: { login: true, disabledAt: true } } } as const;

export type ApiKeyRow = NonNullable<Awaited<ReturnType<typeof findApiKey>>>;

export async function findApiKey(tx: Tx, id: string) {
  return tx.apiKey.findUnique({ where: { id }, omit: { secretHash: true }, include: withOwner });
}

export async function listApiKeyRows(
  db: Db,
  filter: { ownerId: string | null; ownerLogin: string | null; revoked: boolean },
  keyset: UuidKeyset,
  take: number,
): Promise<ApiKeyRow[]> {
  return db.apiKey.findMany({
    where: {
      AND: [
        keyset.where,
        filter.ownerId === null ? {} : { ownerId: filter.ownerId },
        filter.ownerLogin === null ? {} : { owner: { login: filter.ownerLogin } },
        filter.revoked ? {} : { revokedAt: null },
      ],
    },
    orderBy: keyset.orderBy,
    take,
    omit: { secretHash: true },
    include: withOwner,
  });
}

export async function insertApiKey(
  tx: Tx,
  key: {
    name: string;
    prefix: string;
    secretHash: string;
    role: string;
    registryId: number | null;
    pattern: string | null;
    ownerId: string | null;
    createdAt: Date;
    expiresAt: Date | null;
  },
): Promise<ApiKeyRow> {
  return tx.apiKey.create({ data: key, omit: { secretHash: true }, include: withOwner });
}

/** False when it had ended before. */
export async function endApiKey(tx: Tx, id: string, now: Date): Promise<boolean> {
  const { count } = await tx.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now } });
  return count === 1;
}

export async function findOwnerId(tx: Tx, login: string): Promise<string | null> {
  const row = await tx.user.findUnique({ where: { login, disabledAt: null }, select: { id: true } });
  return row?.id ?? null;
}
