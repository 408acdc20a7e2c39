import type { Db, Tx } from "#lib/db/client";
import { groupsLastMs } from "#lib/grants/rules";

export interface PrincipalStateRow {
  id: string;
  kind: string;
  name: string;
  disabledAt: Date | null;
  deletedAt: Date | null;
  user: { disabledAt: Date | null; groups: string[]; groupsAt: Date | null } | null;
}

const fields = {
  id: true,
  kind: true,
  name: true,
  disabledAt: true,
  deletedAt: true,
  user: { select: { disabledAt: true, groups: true, groupsAt: true } },
} as const;

export async function listPrincipalStates(db: Db | Tx, ids: readonly string[]): Promise<PrincipalStateRow[]> {
  return db.accessPrincipal.findMany({ where: { id: { in: [...ids] } }, select: fields });
}

/** Of somebody who may have no row yet: what the identity provider said about them. */
export async function findUserState(db: Db | Tx, login: string) {
  return db.user.findUnique({
    where: { login },
    select: { disabledAt: true, groups: true, groupsAt: true },
  });
}

/** Ids of groups by name; a deleted group counts for nobody. */
export async function listGroupIds(db: Db | Tx, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const rows = await db.accessPrincipal.findMany({
    where: { kind: "group", name: { in: [...names] }, deletedAt: null },
    select: { id: true, name: true },
  });
  return new Map(rows.map((row) => [row.name, row.id]));
}

/** People with a row whose groups, still fresh, hold one of these names. */
export async function listMemberStates(
  db: Db | Tx,
  groupNames: readonly string[],
  now: Date,
): Promise<PrincipalStateRow[]> {
  if (groupNames.length === 0) return [];
  return db.accessPrincipal.findMany({
    where: {
      deletedAt: null,
      user: {
        groups: { hasSome: [...groupNames] },
        groupsAt: { gt: new Date(now.getTime() - groupsLastMs) },
      },
    },
    select: fields,
  });
}

export async function listPusherRows(
  db: Db | Tx,
  registryId: number,
): Promise<{ pattern: string; principalId: string }[]> {
  return db.protectionPusher.findMany({
    where: { registryId, principal: { deletedAt: null } },
    select: { pattern: true, principalId: true },
  });
}
