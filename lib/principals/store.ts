import type { Scope } from "#lib/auth/rules";
import { escapeLike, overlapScopeWhere } from "#lib/auth/scope-where";
import type { Db, Tx } from "#lib/db/client";
import type { UuidKeyset } from "#lib/http/uuid-keyset";
import type { PrincipalKind } from "#lib/principals/schema";

/** Who looks: counts and lists hold only what they may see. */
export interface PrincipalViewer {
  userId: string | null;
  /** Where they hold access.read. */
  scope: Scope;
  now: Date;
}

export type PrincipalRow = NonNullable<Awaited<ReturnType<typeof findPrincipal>>>;

const live = (now: Date) => ({ revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] });

function shownGrants({ scope, now }: PrincipalViewer) {
  return { AND: [{ revokedAt: null }, live(now), overlapScopeWhere(scope)] };
}

function fieldsFor(viewer: PrincipalViewer) {
  return {
    owner: { select: { id: true, login: true, disabledAt: true } },
    user: { select: { id: true, login: true, disabledAt: true } },
    secrets: { select: { use: { select: { lastUsedAt: true } } } },
    trustRules: { select: { lastUsedAt: true } },
    _count: {
      select: {
        grants: { where: shownGrants(viewer) },
        secrets: { where: live(viewer.now) },
        trustRules: { where: { revokedAt: null } },
      },
    },
  };
}

export async function findPrincipal(db: Db | Tx, viewer: PrincipalViewer, id: string) {
  return db.accessPrincipal.findFirst({
    where: { AND: [{ id }, visibleWhere(viewer)] },
    include: fieldsFor(viewer),
  });
}

export async function listPrincipalRows(
  db: Db,
  viewer: PrincipalViewer,
  filter: {
    q?: string;
    kind?: PrincipalKind;
    state?: "live" | "disabled" | "deleted";
    owner?: "enabled" | "disabled" | "none";
  },
  keyset: UuidKeyset,
  take: number,
): Promise<PrincipalRow[]> {
  const conditions: object[] = [keyset.where, visibleWhere(viewer), stateWhere(filter.state)];
  if (filter.q) {
    const contains = { contains: escapeLike(filter.q), mode: "insensitive" };
    conditions.push({ OR: [{ name: contains }, { description: contains }] });
  }
  if (filter.kind) conditions.push({ kind: filter.kind });
  if (filter.owner) conditions.push(ownerWhere(filter.owner));
  return db.accessPrincipal.findMany({
    where: { AND: conditions },
    orderBy: keyset.orderBy,
    take,
    include: fieldsFor(viewer),
  });
}

/** Somebody who reads a part of the console sees themselves, what they own, and who holds something in that part. */
function visibleWhere(viewer: PrincipalViewer): object {
  if (viewer.scope.everywhere) return {};
  const parts: object[] = [
    { kind: "built-in" },
    { grants: { some: { AND: [{ revokedAt: null }, overlapScopeWhere(viewer.scope)] } } },
  ];
  if (viewer.userId !== null) parts.push({ ownerId: viewer.userId }, { userId: viewer.userId });
  return { OR: parts };
}

/** A person who cannot sign in is shown as a disabled principal. */
function stateWhere(state: "live" | "disabled" | "deleted" | undefined): object {
  const disabled = { OR: [{ disabledAt: { not: null } }, { user: { disabledAt: { not: null } } }] };
  if (state === undefined) return { deletedAt: null };
  if (state === "deleted") return { deletedAt: { not: null } };
  return { AND: [{ deletedAt: null }, state === "disabled" ? disabled : { NOT: disabled }] };
}

function ownerWhere(owner: "enabled" | "disabled" | "none"): object {
  const owned = owner === "none" ? { is: null } : { disabledAt: owner === "enabled" ? null : { not: null } };
  return { kind: { in: ["robot", "workload"] }, owner: owned };
}

export async function summariseAbandonedRows(db: Db) {
  const where = { deletedAt: null, disabledAt: null, ...ownerWhere("disabled") };
  const [count, newest] = await Promise.all([
    db.accessPrincipal.count({ where }),
    db.accessPrincipal.findFirst({
      where,
      orderBy: [{ owner: { disabledAt: "desc" } }, { id: "asc" }],
      select: { id: true, kind: true, name: true, owner: { select: { login: true, disabledAt: true } } },
    }),
  ]);
  return { count, newest };
}

/** Serialises changes of who may do what, so that each decides on what is there. */
export async function takeAccessLock(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('wharfinger/access'))`;
}

export async function isPrincipalNameTaken(tx: Tx, kind: string, name: string): Promise<boolean> {
  return (await tx.accessPrincipal.count({ where: { kind, name } })) > 0;
}

export async function insertPrincipal(
  tx: Tx,
  principal: {
    kind: string;
    name: string;
    description: string;
    ownerId: string | null;
    createdAt: Date;
    createdBy: string;
  },
): Promise<string> {
  return (await tx.accessPrincipal.create({ data: principal, select: { id: true } })).id;
}

export async function updatePrincipal(
  tx: Tx,
  id: string,
  data: { description?: string; ownerId?: string; disabledAt?: Date | null },
): Promise<void> {
  await tx.accessPrincipal.update({ where: { id }, data, select: { id: true } });
}

/** Ends it with all that it could use; the row stays, so that the name is never used again. */
export async function markPrincipalDeleted(
  tx: Tx,
  id: string,
  now: Date,
  by: string,
): Promise<{ grants: number; secrets: number; trustRules: number }> {
  const open = { principalId: id, revokedAt: null };
  const grants = await tx.grant.updateMany({ where: open, data: { revokedAt: now, revokedBy: by } });
  const secrets = await tx.accessSecret.updateMany({ where: open, data: { revokedAt: now } });
  const rules = await tx.trustRule.updateMany({ where: open, data: { revokedAt: now } });
  await tx.protectionPusher.deleteMany({ where: { principalId: id } });
  await tx.accessPrincipal.update({ where: { id }, data: { deletedAt: now }, select: { id: true } });
  return { grants: grants.count, secrets: secrets.count, trustRules: rules.count };
}

const shownFields = { id: true, kind: true, name: true, deletedAt: true } as const;

export async function findPrincipalById(tx: Tx, id: string) {
  return tx.accessPrincipal.findUnique({ where: { id }, select: shownFields });
}

export async function findPrincipalByName(tx: Tx, kind: string, name: string) {
  return tx.accessPrincipal.findUnique({ where: { kind_name: { kind, name } }, select: shownFields });
}

/** The row of a person or group, made when it is not there; a deleted group comes back without what it held. */
export async function putPrincipal(
  tx: Tx,
  principal: {
    kind: "user" | "group";
    name: string;
    userId: string | null;
    createdAt: Date;
    createdBy: string;
  },
) {
  const { kind, name } = principal;
  // A row that is there is not written: a sign-in that changes it may wait for the version that we hold.
  const present = await findPrincipalByName(tx, kind, name);
  if (present && present.deletedAt === null) return present;
  return tx.accessPrincipal.upsert({
    where: { kind_name: { kind, name } },
    create: principal,
    update: { deletedAt: null },
    select: shownFields,
  });
}

export async function findUserOf(
  tx: Tx,
  by: { login: string } | { id: string },
): Promise<{ id: string; login: string; disabledAt: Date | null } | null> {
  return tx.user.findUnique({ where: by, select: { id: true, login: true, disabledAt: true } });
}

export async function findPrincipalOfUser(tx: Tx, userId: string) {
  return tx.accessPrincipal.findUnique({ where: { userId }, select: shownFields });
}

export async function findOwnerOfKey(tx: Tx, apiKeyId: string): Promise<string | null> {
  const row = await tx.apiKey.findUnique({ where: { id: apiKeyId }, select: { ownerId: true } });
  return row?.ownerId ?? null;
}
