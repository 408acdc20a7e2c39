import type { Scope } from "#lib/auth/rules";
import { overlapScopeWhere } from "#lib/auth/scope-where";
import type { Db, Tx } from "#lib/db/client";
import {
  dayMs,
  expiringDays,
  lookBackDays,
  mostRepositories,
  settledDays,
  unusedDays,
} from "#lib/grants/plan-suggestions";
import { type GrantRow, stateWhere } from "#lib/grants/store";

const withPlace = {
  principal: { select: { id: true, kind: true, name: true, deletedAt: true } },
  registry: { select: { id: true, slug: true } },
  use: { select: { lastUsedAt: true, useCount: true } },
} as const;

/** More at a time than anybody reads. */
const mostCandidates = 100;
const mostWide = 300;

/** Live grants about which one kind of suggestion may be made, the most worthwhile first. */
export async function listCandidates(
  db: Db | Tx,
  kind: "unused" | "too-wide" | "expiring",
  filter: { scope: Scope; registryId: number | null; grantId: string | null },
  now: Date,
): Promise<GrantRow[]> {
  const ago = (days: number) => new Date(now.getTime() - days * dayMs);
  const place = [
    filter.registryId === null ? {} : { registryId: filter.registryId },
    filter.grantId === null ? {} : { id: filter.grantId },
    overlapScopeWhere(filter.scope),
    stateWhere("live", now),
  ];
  if (kind === "unused")
    return db.grant.findMany({
      where: {
        AND: [
          ...place,
          { updatedAt: { lte: ago(unusedDays) } },
          { OR: [{ use: { is: null } }, { use: { lastUsedAt: { lte: ago(unusedDays) } } }] },
        ],
      },
      orderBy: [{ updatedAt: "asc" }, { id: "asc" }],
      take: mostCandidates,
      include: withPlace,
    });
  if (kind === "expiring")
    return db.grant.findMany({
      where: {
        AND: [
          ...place,
          { expiresAt: { lte: new Date(now.getTime() + expiringDays * dayMs) } },
          { use: { lastUsedAt: { gte: ago(lookBackDays) } } },
        ],
      },
      orderBy: [{ expiresAt: "asc" }, { id: "asc" }],
      take: mostCandidates,
      include: withPlace,
    });
  return db.grant.findMany({
    where: {
      AND: [
        ...place,
        { updatedAt: { lte: ago(settledDays) }, use: { lastUsedAt: { gt: ago(unusedDays) } } },
        { OR: [{ pattern: { endsWith: "*" } }, { actions: { hasSome: ["push", "delete"] } }] },
      ],
    },
    // "*" sorts before every letter: with the patterns of one folder the widest come first.
    orderBy: [{ pattern: "asc" }, { id: "asc" }],
    take: mostWide,
    include: withPlace,
  });
}

export interface UseRow {
  grant_id: string;
  repository: string;
  action: string;
  recent: bigint;
}

/** Uses of each of these grants in the last 90 days; one more than can be narrowed tells that there are more. */
export async function listUses(
  db: Db | Tx,
  grantIds: readonly string[],
  now: Date,
): Promise<Map<string, UseRow[]>> {
  const ago = (days: number) => new Date(now.getTime() - days * dayMs);
  const rows = await db.$queryRaw<UseRow[]>`
    SELECT g.id AS grant_id, x.repository, x.action, x.recent
    FROM unnest(${[...grantIds]}::uuid[]) AS g(id) CROSS JOIN LATERAL (
      SELECT u.repository, u.action,
        coalesce(sum(u.use_count) FILTER (WHERE u.day >= ${ago(lookBackDays)}::date), 0)::bigint AS recent
      FROM access_use_day u WHERE u.grant_id = g.id AND u.day >= ${ago(unusedDays)}::date
      GROUP BY u.repository, u.action ORDER BY u.repository, u.action LIMIT ${mostRepositories + 1}
    ) x`;
  return Map.groupBy(rows, (row) => row.grant_id);
}
