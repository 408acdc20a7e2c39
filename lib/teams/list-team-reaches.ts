import type { Context } from "#lib/auth/context";
import { evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { createUuidKeyset } from "#lib/http/uuid-keyset";
import { evaluateVisiblePatterns, type TeamReach } from "#lib/teams/rules";
import { listTeamRows } from "#lib/teams/store";

export interface TeamReaches {
  slug: string;
  reaches: TeamReach[];
}

const mostTeams = 2_000;

/** Every team with its patterns, as far as they reach into what the caller may see; teams without any are left out. */
export async function listTeamReaches(ctx: Context): Promise<TeamReaches[]> {
  const keyset = createUuidKeyset("slug", { slug: "text" }, undefined);
  const scope = evaluateScope(ctx.principal, "teams.read");
  const rows = await listTeamRows(db(), undefined, keyset, mostTeams);
  return rows
    .map(({ slug, patterns }) => ({ slug, reaches: evaluateVisiblePatterns(patterns, scope) }))
    .filter(({ reaches }) => reaches.length > 0);
}
