import type { Scope } from "#lib/auth/rules";
import { escapeLike, overlapScopeWhere, overlapWhere } from "#lib/auth/scope-where";
import type { Db, Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import { groupsLastMs } from "#lib/grants/rules";
import { listCountNeeds } from "#lib/grants/rules-regions";
import { stateWhere } from "#lib/grants/store";
import type { PrincipalStateRow } from "#lib/grants/store-subject";
import type { UuidKeyset } from "#lib/http/uuid-keyset";

export interface HeldGrantRow {
  id: string;
  principalId: string;
  registryId: number;
  pattern: string | null;
  actions: string[];
  expiresAt: Date | null;
  principal: { kind: string; name: string };
  use: { lastUsedAt: Date } | null;
}

const heldFields = {
  id: true,
  principalId: true,
  registryId: true,
  pattern: true,
  actions: true,
  expiresAt: true,
  principal: { select: { kind: true, name: true } },
  use: { select: { lastUsedAt: true } },
} as const;

/** Grants that are not revoked: expired ones are told apart by their time. */
export async function listHeldGrants(
  db: Db | Tx,
  where: { registryId?: number; patterns?: readonly string[]; principalIds?: readonly string[] },
): Promise<HeldGrantRow[]> {
  return db.grant.findMany({
    where: {
      revokedAt: null,
      principal: { deletedAt: null },
      ...(where.registryId === undefined ? {} : { registryId: where.registryId }),
      ...(where.patterns === undefined ? {} : { pattern: { in: [...where.patterns] } }),
      ...(where.principalIds === undefined ? {} : { principalId: { in: [...where.principalIds] } }),
    },
    select: heldFields,
    orderBy: { id: "asc" },
  });
}

/** How many repositories each of these patterns matches, from the counts that the folders keep. */
export async function countPatterns(
  db: Db | Tx,
  registryId: number,
  patterns: Iterable<string>,
): Promise<(pattern: string) => number> {
  const { folders, names } = listCountNeeds(patterns);
  const [folderRows, nameRows] = await Promise.all([
    folders.length === 0
      ? []
      : db.$queryRaw<{ path: string; below: number; deeper: number }[]>`
          SELECT f.path, f.repository_count AS below,
            (SELECT coalesce(sum(c.repository_count), 0)::int FROM repository_folder c
              WHERE c.registry_id = f.registry_id AND c.parent_path = f.path) AS deeper
          FROM repository_folder f WHERE f.registry_id = ${registryId} AND f.path = ANY(${folders}::text[])`,
    names.length === 0
      ? []
      : db.$queryRaw<{ name: string }[]>`
          SELECT r.name FROM repository r
          WHERE r.registry_id = ${registryId} AND r.missing_since IS NULL AND r.name = ANY(${names}::text[])`,
  ]);
  const counts = new Map(folderRows.map((row) => [row.path, row]));
  const present = new Set(nameRows.map((row) => row.name));
  return (pattern) => {
    const star = pattern.indexOf("*");
    if (star === -1) return present.has(pattern) ? 1 : 0;
    const folder = counts.get(pattern.slice(0, star).replace(/\/$/, ""));
    if (!folder) return 0;
    return pattern.endsWith("**") ? folder.below : folder.below - folder.deeper;
  };
}

export async function listChildFolders(
  db: Db | Tx,
  registryId: number,
  parent: string,
): Promise<{ path: string; count: number }[]> {
  return db.$queryRaw<{ path: string; count: number }[]>`
    SELECT path, repository_count AS count FROM repository_folder
    WHERE registry_id = ${registryId} AND parent_path = ${parent} AND path <> '' AND repository_count > 0
    ORDER BY path COLLATE "C"`;
}

/** Names of the repositories that lie in a folder itself; `prefix` is empty or ends in a slash. */
export async function listChildRepositories(
  db: Db | Tx,
  registryId: number,
  prefix: string,
): Promise<string[]> {
  // "0" is the character after "/".
  const range =
    prefix === ""
      ? Prisma.sql`TRUE`
      : Prisma.sql`r.name > ${prefix} AND r.name < ${`${prefix.slice(0, -1)}0`}`;
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT r.name FROM repository r
    WHERE r.registry_id = ${registryId} AND r.missing_since IS NULL AND ${range}
      AND position('/' in substr(r.name, ${prefix.length + 1}::int)) = 0
    ORDER BY r.name`;
  return rows.map((row) => row.name);
}

/** A page of those who hold something below the folder: by a grant of their own, or through a fresh group. */
export async function listHolderStates(
  db: Db,
  where: { registryId: number; pattern: string; scope: Scope; kind?: string; q?: string },
  now: Date,
  keyset: UuidKeyset,
  take: number,
): Promise<PrincipalStateRow[]> {
  const held = {
    AND: [
      { registryId: where.registryId },
      overlapWhere(where.pattern),
      overlapScopeWhere(where.scope),
      stateWhere("live", now),
    ],
  };
  const groups = await db.accessPrincipal.findMany({
    where: { kind: "group", deletedAt: null, grants: { some: held } },
    select: { name: true },
  });
  const member = {
    user: {
      groups: { hasSome: groups.map((group) => group.name) },
      groupsAt: { gt: new Date(now.getTime() - groupsLastMs) },
    },
  };
  const conditions: object[] = [
    keyset.where,
    { deletedAt: null },
    { OR: [{ grants: { some: held } }, ...(groups.length > 0 ? [member] : [])] },
  ];
  if (where.kind) conditions.push({ kind: where.kind });
  if (where.q) conditions.push({ name: { contains: escapeLike(where.q), mode: "insensitive" } });
  return db.accessPrincipal.findMany({
    where: { AND: conditions },
    orderBy: keyset.orderBy,
    take,
    select: {
      id: true,
      kind: true,
      name: true,
      disabledAt: true,
      deletedAt: true,
      user: { select: { disabledAt: true, groups: true, groupsAt: true } },
    },
  });
}

/** When each of them last used something in the repository, as far back as uses are kept by the day. */
export async function listLastUses(
  db: Db | Tx,
  registryId: number,
  repository: string,
  principalIds: readonly string[],
): Promise<Map<string, Date>> {
  const rows = await db.accessUseDay.groupBy({
    by: ["principalId"],
    where: { registryId, repository, principalId: { in: [...principalIds] } },
    _max: { lastUsedAt: true },
  });
  return new Map(
    rows.flatMap((row) => (row._max.lastUsedAt ? [[row.principalId, row._max.lastUsedAt] as const] : [])),
  );
}

/** When each of them last used anything in the registry. Only the newest day of each is read. */
export async function listLastUsesInRegistry(
  db: Db | Tx,
  registryId: number,
  principalIds: readonly string[],
): Promise<Map<string, Date>> {
  if (principalIds.length === 0) return new Map();
  const rows = await db.$queryRaw<{ id: string; at: Date }[]>`
    SELECT p.id::text AS id, used.at
    FROM unnest(${[...principalIds]}::uuid[]) AS p(id),
      LATERAL (
        SELECT max(last_used_at) AS at FROM access_use_day
        WHERE registry_id = ${registryId} AND principal_id = p.id AND day = (
          SELECT max(day) FROM access_use_day WHERE registry_id = ${registryId} AND principal_id = p.id
        )
      ) AS used
    WHERE used.at IS NOT NULL`;
  return new Map(rows.map(({ id, at }) => [id, at]));
}
