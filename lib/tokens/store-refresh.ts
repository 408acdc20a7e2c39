import type { Db } from "#lib/db/client";

export interface NewRefreshToken {
  tokenHash: string;
  registryId: number;
  principalId: string;
  secretId: string | null;
  trustRuleId: string | null;
  createdAt: Date;
  expiresAt: Date;
}

const keptPerPrincipal = 200;

/** Keeps the newest of a principal: a pipeline that signs in for ever must not fill the table. */
export async function insertRefreshToken(db: Db, token: NewRefreshToken): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.refreshToken.create({ data: token });
    await tx.$executeRaw`
      DELETE FROM refresh_token WHERE id IN (
        SELECT id FROM refresh_token WHERE principal_id = ${token.principalId}::uuid
        ORDER BY created_at DESC, id DESC OFFSET ${keptPerPrincipal})`;
  });
}

export async function findRefreshToken(db: Db, tokenHash: string) {
  return db.refreshToken.findUnique({ where: { tokenHash } });
}

export async function deleteDeadRefreshTokens(db: Db, now: Date): Promise<number> {
  const { count } = await db.refreshToken.deleteMany({ where: { expiresAt: { lt: now } } });
  return count;
}
