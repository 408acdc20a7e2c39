import type { Scope } from "#lib/auth/rules";
import { escapeLike, overlapScopeWhere, overlapWhere } from "#lib/auth/scope-where";
import type { Db, Tx } from "#lib/db/client";
import type { UuidKeyset } from "#lib/http/uuid-keyset";

const withPlace = {
  principal: { select: { id: true, kind: true, name: true, deletedAt: true } },
  registry: { select: { id: true, slug: true } },
  use: { select: { lastUsedAt: true, useCount: true } },
} as const;

export type GrantRow = NonNullable<Awaited<ReturnType<typeof findGrant>>>;

export async function findGrant(db: Db | Tx, id: string) {
  return db.grant.findUnique({ where: { id }, include: withPlace });
}

export interface GrantFilter {
  registryId?: number;
  /** Only patterns that match a repository: these are all there can be. */
  patterns?: string[];
  principalId?: string;
  q?: string;
  state: "live" | "expired" | "revoked" | "all";
}

export async function listGrantRows(
  db: Db,
  scope: Scope,
  filter: GrantFilter,
  now: Date,
  keyset: UuidKeyset,
  take: number,
): Promise<GrantRow[]> {
  const conditions: object[] = [keyset.where, overlapScopeWhere(scope), stateWhere(filter.state, now)];
  if (filter.registryId !== undefined) conditions.push({ registryId: filter.registryId });
  if (filter.patterns !== undefined) conditions.push({ pattern: { in: filter.patterns } });
  if (filter.principalId !== undefined) conditions.push({ principalId: filter.principalId });
  if (filter.q) {
    const contains = { contains: escapeLike(filter.q), mode: "insensitive" };
    conditions.push({ OR: [{ pattern: contains }, { reason: contains }, { principal: { name: contains } }] });
  }
  return db.grant.findMany({ where: { AND: conditions }, orderBy: keyset.orderBy, take, include: withPlace });
}

export function stateWhere(state: GrantFilter["state"], now: Date): object {
  if (state === "all") return {};
  if (state === "revoked") return { revokedAt: { not: null } };
  if (state === "expired") return { revokedAt: null, expiresAt: { lte: now } };
  return { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
}

export interface NewGrant {
  principalId: string;
  registryId: number;
  pattern: string | null;
  actions: string[];
  reason: string;
  expiresAt: Date | null;
  createdAt: Date;
  createdBy: string;
  source: "console" | "document" | "request" | "suggestion";
  replacesId: string | null;
}

export async function insertGrant(tx: Tx, grant: NewGrant): Promise<GrantRow> {
  return tx.grant.create({ data: { ...grant, updatedAt: grant.createdAt }, include: withPlace });
}

export async function updateGrant(
  tx: Tx,
  id: string,
  data: {
    pattern?: string;
    actions?: string[];
    reason?: string;
    expiresAt?: Date | null;
    revokedAt?: Date | null;
    revokedBy?: string | null;
    updatedAt: Date;
  },
): Promise<GrantRow> {
  return tx.grant.update({ where: { id }, data, include: withPlace });
}

/** Grants that were put in the place of this one and are not revoked. */
export async function listReplacements(tx: Tx, id: string): Promise<GrantRow[]> {
  return tx.grant.findMany({ where: { replacesId: id, revokedAt: null }, include: withPlace });
}

export interface GrantRegistryRow {
  id: number;
  slug: string;
  protectedPatterns: string[];
  repositoryCount: number;
}

export async function findGrantRegistry(db: Db | Tx, slug: string): Promise<GrantRegistryRow | null> {
  return db.registry.findUnique({
    where: { slug },
    select: { id: true, slug: true, protectedPatterns: true, repositoryCount: true },
  });
}

export interface LiveGrantRow {
  id: string;
  principalId: string;
  registryId: number;
  pattern: string | null;
  actions: string[];
  expiresAt: Date | null;
}

/** Live grants of these principals that reach into the pattern. */
export async function listLiveGrants(
  db: Db | Tx,
  where: { registryId: number; pattern: string; principalIds: readonly string[] },
  now: Date,
): Promise<LiveGrantRow[]> {
  return db.grant.findMany({
    where: {
      AND: [
        { registryId: where.registryId, principalId: { in: [...where.principalIds] } },
        overlapWhere(where.pattern),
        stateWhere("live", now),
      ],
    },
    select: { id: true, principalId: true, registryId: true, pattern: true, actions: true, expiresAt: true },
  });
}

/** Who may push somewhere in the pattern by a grant of their own. */
export async function listPusherIds(
  db: Db | Tx,
  registryId: number,
  pattern: string,
  now: Date,
  exceptGrantId: string | null,
): Promise<string[]> {
  const rows = await db.grant.groupBy({
    by: ["principalId"],
    where: {
      AND: [
        { registryId, actions: { has: "push" } },
        overlapWhere(pattern),
        stateWhere("live", now),
        exceptGrantId === null ? {} : { id: { not: exceptGrantId } },
      ],
    },
  });
  return rows.map((row) => row.principalId);
}

export async function listGrantRegistries(db: Db | Tx, ids: readonly number[]): Promise<GrantRegistryRow[]> {
  return db.registry.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, slug: true, protectedPatterns: true, repositoryCount: true },
    orderBy: { slug: "asc" },
  });
}
