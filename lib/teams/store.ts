import type { Db, Tx } from "#lib/db/client";
import type { UuidKeyset } from "#lib/http/uuid-keyset";

const teamFields = {
  id: true,
  slug: true,
  name: true,
  description: true,
  createdAt: true,
  members: {
    select: { userId: true, user: { select: { login: true, name: true } } },
    orderBy: { user: { login: "asc" } },
  },
  patterns: { select: { registryId: true, pattern: true }, orderBy: { pattern: "asc" } },
} as const;

export type TeamRow = NonNullable<Awaited<ReturnType<typeof findTeam>>>;

export async function findTeam(db: Db | Tx, slug: string) {
  return db.team.findUnique({ where: { slug }, select: teamFields });
}

export async function listTeamRows(
  db: Db,
  q: string | undefined,
  keyset: UuidKeyset,
  take: number,
): Promise<TeamRow[]> {
  const contains = { contains: q?.replace(/[\\%_]/g, "\\$&"), mode: "insensitive" as const };
  return db.team.findMany({
    where: { AND: [keyset.where, q ? { OR: [{ slug: contains }, { name: contains }] } : {}] },
    orderBy: keyset.orderBy,
    take,
    select: teamFields,
  });
}

/** Serialises changes of teams, so that a slug has one winner and lists are replaced as wholes. */
export async function lockTeams(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('wharfinger/teams'))`;
}

export async function insertTeam(
  tx: Tx,
  team: { slug: string; name: string; description: string; createdAt: Date },
): Promise<string> {
  return (await tx.team.create({ data: team, select: { id: true } })).id;
}

export async function updateTeam(
  tx: Tx,
  id: string,
  data: { name?: string; description?: string },
): Promise<void> {
  await tx.team.update({ where: { id }, data, select: { id: true } });
}

export async function replaceMembers(tx: Tx, teamId: string, userIds: readonly string[]): Promise<void> {
  await tx.teamMember.deleteMany({ where: { teamId } });
  await tx.teamMember.createMany({ data: userIds.map((userId) => ({ teamId, userId })) });
}

export async function replacePatterns(
  tx: Tx,
  teamId: string,
  patterns: readonly { registryId: number | null; pattern: string }[],
): Promise<void> {
  await tx.teamPattern.deleteMany({ where: { teamId } });
  await tx.teamPattern.createMany({ data: patterns.map((reach) => ({ teamId, ...reach })) });
}

export async function deleteTeamRow(tx: Tx, id: string): Promise<void> {
  await tx.team.delete({ where: { id } });
}

export async function listUserIds(tx: Tx, logins: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.user.findMany({
    where: { login: { in: [...logins] } },
    select: { id: true, login: true },
  });
  return new Map(rows.map((row) => [row.login, row.id]));
}
