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
  await tx.$queryRaw`SELECT id FROM registry WHERE id = ${registryId} FOR NO KEY UPDATE`;
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

/** Who is behind a call: the person themselves, or the one that an API key belongs to. */
export async function findLoginBehind(
  db: Db,
  principal: { kind: string; id: string | null },
): Promise<string | null> {
  const { kind, id } = principal;
  if (id === null) return null;
  if (kind === "user")
    return (await db.user.findUnique({ where: { id }, select: { login: true } }))?.login ?? null;
  const key = await db.apiKey.findUnique({ where: { id }, select: { owner: { select: { login: true } } } });
  return key?.owner?.login ?? null;
}
