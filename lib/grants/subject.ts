import { parsePattern, type RepositoryPattern } from "#lib/auth/pattern";
import type { Db, Tx } from "#lib/db/client";
import { everyoneId, groupsLastMs, type ProtectionRule, signedInId } from "#lib/grants/rules";
import {
  findUserState,
  listGroupIds,
  listPrincipalStates,
  listPusherRows,
  type PrincipalStateRow,
} from "#lib/grants/store-subject";

/** A principal with everybody whose grants count for it. */
export interface Subject {
  /** Null for somebody who has no row yet and so holds nothing of their own. */
  id: string | null;
  kind: string;
  name: string;
  principalIds: ReadonlySet<string>;
  /** Disabled or deleted: nothing is given to them. */
  isDisabled: boolean;
  /** The identity provider told of groups too long ago: none of them counts. */
  hasStaleGroups: boolean;
}

export async function loadSubject(
  db: Db | Tx,
  principal: { id: string | null; kind: string; name: string },
  now: Date,
): Promise<Subject> {
  if (principal.id !== null) {
    const rows = await listPrincipalStates(db, [principal.id]);
    const [subject] = await prepareSubjects(db, rows, now);
    if (subject) return subject;
  }
  const user = principal.kind === "user" ? await findUserState(db, principal.name) : null;
  const groups = await listGroupIds(db, freshGroups(user, now));
  return {
    ...principal,
    principalIds: new Set([everyoneId, signedInId, ...groups.values()]),
    isDisabled: principal.kind === "user" && (user === null || user.disabledAt !== null),
    hasStaleGroups: hasStaleGroups(user, now),
  };
}

/** Many at once, with one look-up of their groups. */
export async function prepareSubjects(
  db: Db | Tx,
  rows: readonly PrincipalStateRow[],
  now: Date,
): Promise<Subject[]> {
  const names = new Set(rows.flatMap((row) => freshGroups(row.user, now)));
  const groups = await listGroupIds(db, [...names]);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    name: row.name,
    principalIds: new Set([
      row.id,
      everyoneId,
      ...(row.id === everyoneId ? [] : [signedInId]),
      ...freshGroups(row.user, now).flatMap((name) => groups.get(name) ?? []),
    ]),
    isDisabled: row.disabledAt !== null || row.deletedAt !== null || (row.user?.disabledAt ?? null) !== null,
    hasStaleGroups: hasStaleGroups(row.user, now),
  }));
}

function freshGroups(user: PrincipalStateRow["user"], now: Date): string[] {
  if (!user?.groupsAt || now.getTime() - user.groupsAt.getTime() >= groupsLastMs) return [];
  return user.groups;
}

function hasStaleGroups(user: PrincipalStateRow["user"], now: Date): boolean {
  return user !== null && user.groups.length > 0 && freshGroups(user, now).length === 0;
}

/** A protection with its pattern as it is written. */
export interface WrittenProtection extends ProtectionRule {
  text: string;
}

export async function loadProtections(
  db: Db | Tx,
  registry: { id: number; protectedPatterns: readonly string[] },
): Promise<WrittenProtection[]> {
  if (registry.protectedPatterns.length === 0) return [];
  const pushers = new Map<string, Set<string>>();
  for (const { pattern, principalId } of await listPusherRows(db, registry.id)) {
    const ids = pushers.get(pattern) ?? new Set();
    pushers.set(pattern, ids.add(principalId));
  }
  return [...new Set(registry.protectedPatterns)].flatMap((text) => {
    const pattern: RepositoryPattern | null = parsePattern(text);
    return pattern ? [{ text, pattern, pusherIds: pushers.get(text) ?? new Set<string>() }] : [];
  });
}
