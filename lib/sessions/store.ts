import type { Db, Tx } from "#lib/db/client";
import type { UuidKeyset } from "#lib/http/uuid-keyset";

export interface NewSession {
  userId: string;
  address: string | null;
  agent: string | null;
  createdAt: Date;
  expiresAt: Date;
}

export async function insertSession(tx: Tx, session: NewSession): Promise<string> {
  const row = await tx.session.create({
    data: { ...session, lastSeenAt: session.createdAt },
    select: { id: true },
  });
  return row.id;
}

/** Ends a session that is still alive; null when there is none. */
export async function endSession(
  tx: Tx,
  id: string,
  now: Date,
): Promise<{ userId: string; login: string } | null> {
  const { count } = await tx.session.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now } });
  if (count === 0) return null;
  const row = await tx.session.findUniqueOrThrow({
    where: { id },
    select: { userId: true, user: { select: { login: true } } },
  });
  return { userId: row.userId, login: row.user.login };
}

export async function endSessionsOf(tx: Tx, userId: string, now: Date, except?: string): Promise<number> {
  const { count } = await tx.session.updateMany({
    where: { userId, revokedAt: null, ...(except ? { id: { not: except } } : {}) },
    data: { revokedAt: now },
  });
  return count;
}

/** Rows that ended long ago are of no use to anybody; audit rows tell what happened. */
export async function dropOldSessions(tx: Tx, before: Date): Promise<void> {
  await tx.session.deleteMany({ where: { expiresAt: { lt: before } } });
}

export async function findSession(db: Db | Tx, id: string) {
  return db.session.findUnique({ where: { id }, select: { userId: true, address: true, agent: true } });
}

export async function listSessionRows(
  db: Db,
  filter: { userId: string | null; login: string | null },
  now: Date,
  keyset: UuidKeyset,
  take: number,
) {
  return db.session.findMany({
    where: {
      AND: [
        keyset.where,
        { revokedAt: null, expiresAt: { gt: now }, user: { disabledAt: null } },
        filter.userId === null ? {} : { userId: filter.userId },
        filter.login === null ? {} : { user: { login: filter.login } },
      ],
    },
    orderBy: keyset.orderBy,
    take,
    include: { user: { select: { login: true } } },
  });
}
