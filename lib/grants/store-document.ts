import type { Scope } from "#lib/auth/rules";
import { overlapScopeWhere } from "#lib/auth/scope-where";
import type { Db, Tx } from "#lib/db/client";
import { stateWhere } from "#lib/grants/store";

/** Robots, workloads and groups that are not deleted; with a registry only those that hold something there. */
export async function listDocumentPrincipals(
  db: Db | Tx,
  filter: { scope: Scope; registryId: number | null; userId: string | null },
  now: Date,
) {
  const held = {
    AND: [
      filter.registryId === null ? {} : { registryId: filter.registryId },
      overlapScopeWhere(filter.scope),
      stateWhere("live", now),
    ],
  };
  const parts: object[] = [{ grants: { some: held } }];
  if (filter.userId !== null && filter.registryId === null) parts.push({ ownerId: filter.userId });
  if (filter.registryId !== null) parts.push({ pushes: { some: { registryId: filter.registryId } } });
  const seen = filter.scope.everywhere && filter.registryId === null ? {} : { OR: parts };
  return db.accessPrincipal.findMany({
    where: { AND: [{ kind: { in: ["robot", "workload", "group"] }, deletedAt: null }, seen] },
    select: {
      id: true,
      kind: true,
      name: true,
      description: true,
      disabledAt: true,
      ownerId: true,
      owner: { select: { login: true } },
    },
  });
}

/** Which of these are there, deleted or not, whatever the caller sees: a name is used up for everybody. */
export async function listNamedPrincipals(db: Db | Tx, names: readonly { kind: string; name: string }[]) {
  const rows = await db.accessPrincipal.findMany({
    where: { name: { in: names.map((one) => one.name) }, kind: { in: ["robot", "workload", "group"] } },
    select: {
      id: true,
      kind: true,
      name: true,
      description: true,
      disabledAt: true,
      deletedAt: true,
      ownerId: true,
      owner: { select: { login: true } },
    },
  });
  const wanted = new Set(names.map(({ kind, name }) => `${kind}:${name}`));
  return rows.filter(({ kind, name }) => wanted.has(`${kind}:${name}`));
}

export async function listKnownLogins(db: Db | Tx, logins: readonly string[]): Promise<Set<string>> {
  const rows = await db.user.findMany({
    where: { login: { in: [...logins] }, disabledAt: null },
    select: { login: true },
  });
  return new Set(rows.map((row) => row.login));
}

export async function listDocumentGrants(
  db: Db | Tx,
  filter: { scope: Scope; registryIds: readonly number[]; whole: readonly number[] },
  now: Date,
) {
  return db.grant.findMany({
    where: {
      AND: [
        { registryId: { in: [...filter.registryIds] } },
        // The grant of a catalogue is about the registry itself, and seen by who sees all of it.
        { OR: [{ pattern: { not: null } }, { registryId: { in: [...filter.whole] } }] },
        overlapScopeWhere(filter.scope),
        stateWhere("live", now),
      ],
    },
    select: {
      id: true,
      registryId: true,
      pattern: true,
      actions: true,
      expiresAt: true,
      reason: true,
      principal: { select: { kind: true, name: true } },
    },
    orderBy: { id: "asc" },
  });
}

export async function listDocumentRegistries(db: Db | Tx) {
  return db.registry.findMany({
    select: { id: true, slug: true, protectedPatterns: true, repositoryCount: true },
    orderBy: { slug: "asc" },
  });
}

export async function listAllPushers(db: Db | Tx, registryIds: readonly number[]) {
  return db.protectionPusher.findMany({
    where: { registryId: { in: [...registryIds] }, principal: { deletedAt: null } },
    select: { registryId: true, pattern: true, principal: { select: { kind: true, name: true } } },
  });
}
