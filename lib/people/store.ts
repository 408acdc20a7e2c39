import type { Db, Tx } from "#lib/db/client";
import type { UuidKeyset } from "#lib/http/uuid-keyset";

const userFields = {
  id: true,
  login: true,
  name: true,
  email: true,
  oidcSubject: true,
  groups: true,
  disabledAt: true,
  lastSignInAt: true,
  createdAt: true,
  roleBindings: { orderBy: { createdAt: "asc" } },
  _count: { select: { ownedPrincipals: { where: { disabledAt: null, deletedAt: null } } } },
} as const;

const bindingFields = { user: { select: { login: true } } } as const;

export type UserRow = NonNullable<Awaited<ReturnType<typeof findUser>>>;
export type BindingRow = UserRow["roleBindings"][number];

export async function findUser(db: Db | Tx, id: string) {
  return db.user.findUnique({ where: { id }, select: userFields });
}

export async function findPasswordHash(db: Db | Tx, id: string): Promise<string | null> {
  return (await db.user.findUnique({ where: { id }, select: { passwordHash: true } }))?.passwordHash ?? null;
}

export async function findUserIdByLogin(db: Db | Tx, login: string): Promise<string | null> {
  return (await db.user.findUnique({ where: { login }, select: { id: true } }))?.id ?? null;
}

export async function listUserRows(
  filter: { q?: string; state?: "enabled" | "disabled" },
  keyset: UuidKeyset,
  take: number,
  db: Db,
): Promise<UserRow[]> {
  const conditions: object[] = [keyset.where];
  if (filter.q) {
    const contains = { contains: escapeLike(filter.q), mode: "insensitive" };
    conditions.push({ OR: [{ login: contains }, { name: contains }, { email: contains }] });
  }
  if (filter.state) conditions.push({ disabledAt: filter.state === "enabled" ? null : { not: null } });
  return db.user.findMany({ where: { AND: conditions }, orderBy: keyset.orderBy, take, select: userFields });
}

/** What stands in a filter is looked for as it is written: Prisma leaves the wildcards of LIKE as they are. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}

export async function updateUser(
  tx: Tx,
  id: string,
  data: { name?: string; email?: string | null; disabledAt?: Date | null; passwordHash?: string },
): Promise<void> {
  await tx.user.update({ where: { id }, data, select: { id: true } });
}

/** People who can sign in and hold the admin role everywhere. */
export async function countEnabledAdmins(tx: Tx): Promise<number> {
  return tx.user.count({
    where: {
      disabledAt: null,
      roleBindings: { some: { role: "admin", registryId: null, pattern: null } },
    },
  });
}

export async function listBindingRows(
  db: Db,
  filter: { userLogin?: string; role?: string },
  keyset: UuidKeyset,
  take: number,
) {
  return db.roleBinding.findMany({
    where: {
      AND: [
        keyset.where,
        filter.userLogin === undefined ? {} : { user: { login: filter.userLogin } },
        filter.role === undefined ? {} : { role: filter.role },
      ],
    },
    orderBy: keyset.orderBy,
    take,
    include: bindingFields,
  });
}

export async function findBinding(tx: Tx, id: string) {
  return tx.roleBinding.findUnique({ where: { id }, include: bindingFields });
}

export async function hasBinding(
  tx: Tx,
  binding: { userId: string; role: string; registryId: number | null; pattern: string | null },
): Promise<boolean> {
  return (await tx.roleBinding.count({ where: { ...binding, source: "manual" } })) > 0;
}

export async function insertBinding(
  tx: Tx,
  binding: {
    userId: string;
    role: string;
    registryId: number | null;
    pattern: string | null;
    createdAt: Date;
  },
) {
  return tx.roleBinding.create({ data: binding, include: bindingFields });
}

export async function deleteBinding(tx: Tx, id: string): Promise<void> {
  await tx.roleBinding.delete({ where: { id } });
}
