import type { Tx } from "#lib/db/client";

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
