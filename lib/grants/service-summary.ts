import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { canSeeRegistry, evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import type { AccessSummary } from "#lib/grants/schema";
import { countOpenRequests } from "#lib/grants/store-requests";
import { countLiveGrants, listEnforcementStates } from "#lib/grants/store-summary";

/** How much access there is to see, and on how many registries it holds. */
export async function summariseAccess(ctx: Context): Promise<AccessSummary> {
  authorizeSomewhere(ctx, "access.read");
  const scope = evaluateScope(ctx.principal, "access.read");
  const [counts, registries, openRequestCount] = await Promise.all([
    countLiveGrants(db(), scope, ctx.now),
    listEnforcementStates(db()),
    countOpenRequests(db(), { scope }),
  ]);
  const seen = registries.filter(({ id }) => canSeeRegistry(ctx.principal, id));
  return {
    ...counts,
    registryCount: seen.length,
    enforcedCount: seen.filter(({ enforcement }) => enforcement === "on").length,
    openRequestCount,
  };
}
