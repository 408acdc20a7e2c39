import type { Db, Tx } from "#lib/db/client";

export interface SignInUser {
  id: string;
  login: string;
  name: string;
  passwordHash: string | null;
  disabledAt: Date | null;
}

const signInFields = { id: true, login: true, name: true, passwordHash: true, disabledAt: true } as const;

export function findByLogin(db: Db | Tx, login: string): Promise<SignInUser | null> {
  return db.user.findUnique({ where: { login }, select: signInFields });
}

export function findByIdentity(db: Db | Tx, issuer: string, subject: string): Promise<SignInUser | null> {
  return db.user.findUnique({
    where: { oidcIssuer_oidcSubject: { oidcIssuer: issuer, oidcSubject: subject } },
    select: signInFields,
  });
}

/** Serialises what must have one winner over all processes: the first admin, and one identity's first sign-in. */
export async function lockPeople(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('wharfinger/people'))`;
}

export async function countUsers(tx: Db | Tx): Promise<number> {
  return tx.user.count();
}

/** Logins already taken that begin like this one. */
export async function listLoginsLike(tx: Tx, login: string): Promise<string[]> {
  const rows = await tx.user.findMany({ where: { login: { startsWith: login } }, select: { login: true } });
  return rows.map((row) => row.login);
}

export async function insertUser(
  tx: Tx,
  user: {
    login: string;
    name: string;
    email?: string | null;
    passwordHash?: string | null;
    oidcIssuer?: string;
    oidcSubject?: string;
    createdAt: Date;
  },
): Promise<SignInUser> {
  return tx.user.create({ data: user, select: signInFields });
}

export async function markSignedIn(
  tx: Tx,
  id: string,
  now: Date,
  profile?: { name: string; email: string | null; groups: string[] },
): Promise<void> {
  await tx.user.update({
    where: { id },
    data: { lastSignInAt: now, ...profile, ...(profile && { groupsAt: now }) },
  });
}

export async function listOidcRoles(tx: Tx, userId: string): Promise<string[]> {
  const rows = await tx.roleBinding.findMany({
    where: { userId, source: "oidc" },
    select: { role: true },
    orderBy: { role: "asc" },
  });
  return rows.map((row) => row.role);
}

export async function replaceOidcRoles(tx: Tx, userId: string, roles: string[]): Promise<void> {
  await tx.roleBinding.deleteMany({ where: { userId, source: "oidc" } });
  await tx.roleBinding.createMany({ data: roles.map((role) => ({ userId, role, source: "oidc" })) });
}

export async function insertAdminBinding(tx: Tx, userId: string): Promise<void> {
  await tx.roleBinding.createMany({ data: [{ userId, role: "admin" }], skipDuplicates: true });
}
