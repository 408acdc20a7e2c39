import type { Db, Tx } from "#lib/db/client";

export type SecretRow = Awaited<ReturnType<typeof listSecretRows>>[number];

const shown = { omit: { secretHash: true }, include: { use: true } } as const;

/** Live ones first of all, then by their age. */
export async function listSecretRows(db: Db | Tx, principalId: string) {
  return db.accessSecret.findMany({
    where: { principalId },
    orderBy: [{ revokedAt: { sort: "desc", nulls: "first" } }, { createdAt: "desc" }, { id: "desc" }],
    take: 200,
    ...shown,
  });
}

export async function countLiveSecrets(tx: Tx, principalId: string, now: Date): Promise<number> {
  return tx.accessSecret.count({
    where: { principalId, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
  });
}

export async function insertSecret(
  tx: Tx,
  secret: {
    principalId: string;
    name: string;
    prefix: string;
    secretHash: string;
    createdAt: Date;
    createdBy: string;
    expiresAt: Date | null;
  },
): Promise<SecretRow> {
  return tx.accessSecret.create({ data: secret, ...shown });
}

export async function findSecret(tx: Tx, principalId: string, id: string): Promise<SecretRow | null> {
  return tx.accessSecret.findFirst({ where: { id, principalId }, ...shown });
}

export async function findSecretByHash(tx: Tx, secretHash: string): Promise<{ id: string } | null> {
  return tx.accessSecret.findUnique({ where: { secretHash }, select: { id: true } });
}

/** False when it had ended before. */
export async function endSecret(tx: Tx, id: string, now: Date): Promise<boolean> {
  const { count } = await tx.accessSecret.updateMany({
    where: { id, revokedAt: null },
    data: { revokedAt: now },
  });
  return count === 1;
}

/** Secrets that end before then: those of one person and of what they own, and for some of everything but people. */
export async function listExpiringRows(
  db: Db,
  whose: { userId: string | null; everything: boolean },
  { now, before, endedSince }: { now: Date; before: Date; endedSince: Date },
  take: number,
) {
  const { userId, everything } = whose;
  const own = {
    OR: [
      ...(userId === null ? [] : [{ userId }, { ownerId: userId }]),
      ...(everything ? [{ userId: null }] : []),
    ],
  };
  return db.accessSecret.findMany({
    where: {
      revokedAt: null,
      principal: { AND: [{ deletedAt: null, disabledAt: null }, own] },
      OR: [
        { expiresAt: { gt: now, lte: before } },
        // One that has ended is told of while its principal has nothing else to sign in with.
        {
          expiresAt: { gt: endedSince, lte: now },
          principal: {
            secrets: { none: { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] } },
          },
        },
      ],
    },
    orderBy: { expiresAt: "asc" },
    take,
    select: {
      id: true,
      name: true,
      createdAt: true,
      expiresAt: true,
      principal: { select: { id: true, kind: true, name: true } },
    },
  });
}

export async function listTrustRuleRows(db: Db | Tx, principalId: string) {
  return db.trustRule.findMany({
    where: { principalId, revokedAt: null },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: 200,
  });
}

export type TrustRuleRow = Awaited<ReturnType<typeof listTrustRuleRows>>[number];

export async function insertTrustRule(
  tx: Tx,
  rule: {
    principalId: string;
    issuer: string;
    audience: string;
    subjectPattern: string;
    claims: Record<string, string>;
    createdAt: Date;
    createdBy: string;
  },
): Promise<TrustRuleRow> {
  return tx.trustRule.create({ data: rule });
}

export async function findTrustRule(tx: Tx, principalId: string, id: string): Promise<TrustRuleRow | null> {
  return tx.trustRule.findFirst({ where: { id, principalId } });
}

/** False when it had ended before. */
export async function endTrustRule(tx: Tx, id: string, now: Date): Promise<boolean> {
  const { count } = await tx.trustRule.updateMany({
    where: { id, revokedAt: null },
    data: { revokedAt: now },
  });
  return count === 1;
}
