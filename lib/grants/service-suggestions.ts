import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { authorizeReach, scopeShows } from "#lib/auth/reach";
import { evaluateScope, type Scope } from "#lib/auth/rules";
import { db, type Tx } from "#lib/db/client";
import {
  formatSuggestionId,
  mostRepositories,
  type PlannedSuggestion,
  parseSuggestionId,
  planSuggestion,
  prepareNarrowerPatterns,
  type SuggestedGrant,
} from "#lib/grants/plan-suggestions";
import type { AccessGrant, Suggestion } from "#lib/grants/schema";
import { createGrantIn, openGrantRegistry, revokeGrantIn, showGrant } from "#lib/grants/service";
import { findGrant, type GrantRow } from "#lib/grants/store";
import { countPatterns } from "#lib/grants/store-access";
import { listCandidates, listUses, type UseRow } from "#lib/grants/store-suggestions";
import { ConflictError, NotFoundError } from "#lib/http/errors";
import { lockAccess } from "#lib/principals/lock-access";
import type { PrincipalKind } from "#lib/principals/schema";

const kinds = ["expiring", "unused", "too-wide"] as const;
const most = 200;

/** What could be less, or ends unmeant, with what the change would have cost lately. The most urgent first. */
export async function listSuggestions(
  ctx: Context,
  registry: string | undefined,
): Promise<{ items: Suggestion[] }> {
  authorizeSomewhere(ctx, "access.read");
  const registryId = registry === undefined ? null : (await openGrantRegistry(db(), ctx, registry)).id;
  const scope = evaluateScope(ctx.principal, "access.read");
  const items: Suggestion[] = [];
  for (const kind of kinds)
    for (const { row, plan } of await planAll(db(), ctx, kind, { scope, registryId, grantId: null }))
      items.push({ id: formatSuggestionId(kind, row.id), grant: showGrant(ctx, row), ...plan });
  return { items: items.slice(0, most) };
}

/** Does it, as it would be suggested now. Restoring the revoked grant undoes it. */
export async function applySuggestion(
  ctx: Context,
  id: string,
): Promise<{ revoked: string; created: AccessGrant[] }> {
  authorizeSomewhere(ctx, "access.write");
  const parsed = parseSuggestionId(id);
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const found = parsed ? await findGrant(tx, parsed.grantId) : null;
    if (!parsed || !found || !scopeShows(evaluateScope(ctx.principal, "access.read"), found))
      throw new NotFoundError("There is no such suggestion, or you may not see it.");
    authorizeReach(ctx, "access.write", found, found.registry.slug);
    const filter = { scope: { everywhere: true } as const, registryId: null, grantId: found.id };
    const [suggested] = await planAll(tx, ctx, parsed.kind, filter);
    if (!suggested) throw new ConflictError("This is no longer suggested: the grant was changed, or used.");
    const { row, plan } = suggested;
    await revokeGrantIn(tx, ctx, row);
    const created: AccessGrant[] = [];
    for (const pattern of plan.proposal?.patterns ?? [])
      created.push(showGrant(ctx, await replace(tx, ctx, row, pattern, plan.proposal)));
    return { revoked: row.id, created };
  });
}

function replace(
  tx: Tx,
  ctx: Context,
  row: GrantRow,
  pattern: string,
  proposal: PlannedSuggestion["proposal"],
): Promise<GrantRow> {
  const { id, kind, name } = row.principal;
  const expiresAt = proposal?.expiresAt ?? null;
  return createGrantIn(tx, ctx, {
    principal: { id, kind: kind as PrincipalKind, name },
    registry: row.registry,
    pattern,
    actions: proposal?.actions ?? [],
    reason: row.reason,
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    source: "suggestion",
    replacesId: row.id,
  });
}

async function planAll(
  tx: Tx,
  ctx: Context,
  kind: Suggestion["kind"],
  filter: { scope: Scope; registryId: number | null; grantId: string | null },
): Promise<{ row: GrantRow; plan: PlannedSuggestion }[]> {
  const rows = (await listCandidates(tx, kind, filter, ctx.now)).filter((row) =>
    scopeShows(filter.scope, row),
  );
  const uses = await listUses(
    tx,
    rows.map((row) => row.id),
    ctx.now,
  );
  const grants = rows.map((row) => ({ row, grant: toSuggested(row, uses.get(row.id) ?? []) }));
  const counts = kind === "too-wide" ? await countProposals(tx, grants) : null;
  return grants.flatMap(({ row, grant }) => {
    const plan = planSuggestion(kind, grant, counts?.get(row.registryId) ?? (() => 0), ctx.now);
    return plan ? [{ row, plan }] : [];
  });
}

/** How many repositories the grants and what they could become match, a registry at a time. */
async function countProposals(
  tx: Tx,
  grants: readonly { row: GrantRow; grant: SuggestedGrant }[],
): Promise<Map<number, (pattern: string) => number>> {
  const counts = new Map<number, (pattern: string) => number>();
  for (const [registryId, inside] of Map.groupBy(grants, ({ row }) => row.registryId)) {
    const patterns = inside.flatMap(({ grant: { pattern, uses } }) =>
      pattern === null
        ? []
        : [
            pattern,
            ...(prepareNarrowerPatterns(
              pattern,
              uses.map((use) => use.repository),
            ) ?? []),
          ],
    );
    counts.set(registryId, await countPatterns(tx, registryId, patterns));
  }
  return counts;
}

function toSuggested(row: GrantRow, uses: readonly UseRow[]): SuggestedGrant {
  return {
    principalId: row.principalId,
    pattern: row.pattern,
    actions: row.actions,
    updatedAt: row.updatedAt,
    expiresAt: row.expiresAt,
    lastUsedAt: row.use?.lastUsedAt ?? null,
    uses: uses.map(({ repository, action, recent }) => ({ repository, action, recentCount: Number(recent) })),
    isComplete: uses.length <= mostRepositories,
  };
}
