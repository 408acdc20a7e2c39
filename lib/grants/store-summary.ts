import type { Scope } from "#lib/auth/rules";
import { overlapScopeWhere } from "#lib/auth/scope-where";
import type { Db, Tx } from "#lib/db/client";
import { stateWhere } from "#lib/grants/store";

/** Grants in force that reach into the scope, and how many principals hold them. */
export async function countLiveGrants(
  db: Db | Tx,
  scope: Scope,
  now: Date,
): Promise<{ grantCount: number; principalCount: number }> {
  const rows = await db.grant.groupBy({
    by: ["principalId"],
    where: { AND: [overlapScopeWhere(scope), stateWhere("live", now)] },
    _count: { _all: true },
  });
  return {
    grantCount: rows.reduce((sum, row) => sum + row._count._all, 0),
    principalCount: rows.length,
  };
}

/** Connected registries with what is set for them. */
export async function listEnforcementStates(db: Db | Tx): Promise<{ id: number; enforcement: string }[]> {
  return db.registry.findMany({
    where: { disconnectedAt: null },
    select: { id: true, enforcement: true },
  });
}
