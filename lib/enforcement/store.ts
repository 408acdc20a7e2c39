import type { Db, Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { EnforcementCheck, EnforcementState, TokenMode } from "#lib/enforcement/schema";

export interface EnforcementRow {
  id: number;
  slug: string;
  enforcement: EnforcementState;
  enforcementAt: Date | null;
  tokenMode: TokenMode;
  enforcementCheck: unknown;
}

const columns = {
  id: true,
  slug: true,
  enforcement: true,
  enforcementAt: true,
  tokenMode: true,
  enforcementCheck: true,
} as const;

/** The row, locked until the end of the transaction. */
export async function lockEnforcement(tx: Tx, registryId: number): Promise<EnforcementRow | null> {
  await tx.$queryRaw`SELECT id FROM registry WHERE id = ${registryId} FOR UPDATE`;
  return findEnforcement(tx, registryId);
}

export async function findEnforcement(tx: Db | Tx, registryId: number): Promise<EnforcementRow | null> {
  const row = await tx.registry.findUnique({ where: { id: registryId }, select: columns });
  return row as EnforcementRow | null;
}

export async function findEnforcementBySlug(db: Db, slug: string): Promise<EnforcementRow | null> {
  const row = await db.registry.findUnique({ where: { slug }, select: columns });
  return row as EnforcementRow | null;
}

export async function updateEnforcement(
  tx: Tx,
  registryId: number,
  data: { enforcement?: EnforcementState; enforcementAt?: Date; tokenMode?: TokenMode },
): Promise<void> {
  await tx.registry.update({ where: { id: registryId }, data, select: { id: true } });
}

export async function keepEnforcementCheck(
  tx: Tx,
  registryId: number,
  check: EnforcementCheck | null,
): Promise<void> {
  const enforcementCheck = check === null ? Prisma.DbNull : check;
  await tx.registry.update({ where: { id: registryId }, data: { enforcementCheck }, select: { id: true } });
}

/** Names of repositories, those with the newest pushes first: to find one that is not open to everybody. */
export async function listSomeRepositories(db: Db, registryId: number, take: number): Promise<string[]> {
  const rows = await db.repository.findMany({
    where: { registryId, missingSince: null },
    orderBy: [{ lastPushedAt: { sort: "desc", nulls: "last" } }, { id: "asc" }],
    select: { name: true },
    take,
  });
  return rows.map((row) => row.name);
}

export interface PersonRow {
  principalId: string | null;
  /** Switched off as a principal of registries. */
  disabled: boolean;
  groups: string[];
  groupsAt: Date | null;
}

/** What decides about a person's access, whether or not they have a row of their own among the principals. */
export async function findPerson(db: Db, userId: string): Promise<PersonRow | null> {
  const row = await db.user.findUnique({
    where: { id: userId },
    select: {
      disabledAt: true,
      groups: true,
      groupsAt: true,
      principal: { select: { id: true, disabledAt: true, deletedAt: true } },
    },
  });
  if (!row || row.disabledAt) return null;
  const { principal, groups, groupsAt } = row;
  return {
    principalId: principal?.id ?? null,
    disabled: principal ? principal.disabledAt !== null || principal.deletedAt !== null : false,
    groups,
    groupsAt,
  };
}

/** The person that an API key belongs to. */
export async function findKeyOwner(db: Db, keyId: string): Promise<string | null> {
  const row = await db.apiKey.findUnique({ where: { id: keyId }, select: { ownerId: true } });
  return row?.ownerId ?? null;
}
