import type { Scope } from "#lib/auth/rules";
import { overlapScopeWhere } from "#lib/auth/scope-where";
import type { Db, Tx } from "#lib/db/client";
import type { UuidKeyset } from "#lib/http/uuid-keyset";

const withPlace = {
  user: { select: { id: true, login: true } },
  registry: { select: { id: true, slug: true } },
} as const;

export type RequestRow = NonNullable<Awaited<ReturnType<typeof findRequest>>>;

export async function findRequest(db: Db | Tx, id: string) {
  return db.accessRequest.findUnique({ where: { id }, include: withPlace });
}

/** Those of one person, and with a scope those that reach into it. */
export async function listRequestRows(
  db: Db,
  filter: { userId: string | null; scope: Scope | null; open: boolean },
  keyset: UuidKeyset,
  take: number,
): Promise<RequestRow[]> {
  const seen: object[] = [];
  if (filter.userId !== null) seen.push({ userId: filter.userId });
  if (filter.scope !== null) seen.push(overlapScopeWhere(filter.scope));
  // An empty condition among others counts as none for Prisma.
  const visible = filter.scope?.everywhere ? {} : { OR: seen };
  return db.accessRequest.findMany({
    where: { AND: [keyset.where, visible, filter.open ? { state: "open" } : {}] },
    orderBy: keyset.orderBy,
    take,
    include: withPlace,
  });
}

export async function countOpenRequests(
  db: Db | Tx,
  filter: { scope: Scope } | { userId: string },
): Promise<number> {
  const where = "scope" in filter ? overlapScopeWhere(filter.scope) : { userId: filter.userId };
  return db.accessRequest.count({ where: { AND: [{ state: "open" }, where] } });
}

export async function insertRequest(
  tx: Tx,
  request: {
    userId: string;
    registryId: number;
    pattern: string;
    actions: string[];
    reason: string;
    createdAt: Date;
  },
): Promise<RequestRow> {
  return tx.accessRequest.create({ data: request, include: withPlace });
}

export async function closeRequest(
  tx: Tx,
  id: string,
  data: { state: string; decidedAt: Date; decidedBy: string; decision: string; grantId: string | null },
): Promise<RequestRow> {
  return tx.accessRequest.update({ where: { id }, data, include: withPlace });
}
