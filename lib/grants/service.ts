import { recordAudit } from "#lib/audit/service";
import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { parsePattern } from "#lib/auth/pattern";
import { listCoveringPatterns } from "#lib/auth/pattern-overlap";
import { authorizeReach, missingRegistry, scopeContains, scopeShows } from "#lib/auth/reach";
import { canSeeRegistry, evaluateScope } from "#lib/auth/rules";
import { db, type Tx } from "#lib/db/client";
import { normaliseActions } from "#lib/grants/rules-write";
import type { AccessGrant, ChangeGrantBody, CreateGrantBody, ListGrantsQuery } from "#lib/grants/schema";
import {
  findGrant,
  findGrantRegistry,
  type GrantRegistryRow,
  type GrantRow,
  insertGrant,
  listGrantRows,
  listReplacements,
  type NewGrant,
  updateGrant,
} from "#lib/grants/store";
import { ConflictError, InvalidError, NotFoundError } from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import { createUuidKeyset, cutUuidPage } from "#lib/http/uuid-keyset";
import { lockAccess } from "#lib/principals/lock-access";
import { type ResolvedPrincipal, resolvePrincipal } from "#lib/principals/resolve-principal";
import { formatPrincipalReference } from "#lib/principals/rules";
import type { PrincipalKind } from "#lib/principals/schema";

/** Grants that reach into what the caller may see. */
export async function listGrants(ctx: Context, query: ListGrantsQuery): Promise<Page<AccessGrant>> {
  authorizeSomewhere(ctx, "access.read");
  const keyset = createUuidKeyset(query.sort, { createdAt: "time", updatedAt: "time" }, query.cursor);
  const filter = {
    registryId:
      query.registry === undefined ? undefined : (await openGrantRegistry(db(), ctx, query.registry)).id,
    patterns: query.repository === undefined ? undefined : listCoveringPatterns(query.repository),
    principalId: query.principal,
    q: query.q,
    state: query.state,
  };
  const scope = evaluateScope(ctx.principal, "access.read");
  const rows = await listGrantRows(db(), scope, filter, ctx.now, keyset, query.limit + 1);
  const page = cutUuidPage(rows, query.limit, keyset);
  return { items: page.items.map((row) => showGrant(ctx, row)), nextCursor: page.nextCursor };
}

export async function getGrant(ctx: Context, id: string): Promise<AccessGrant> {
  return showGrant(ctx, await openGrant(db(), ctx, id));
}

export async function createGrant(ctx: Context, input: CreateGrantBody): Promise<AccessGrant> {
  authorizeSomewhere(ctx, "access.write");
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const registry = await openGrantRegistry(tx, ctx, input.registry);
    authorizeReach(ctx, "access.write", { registryId: registry.id, pattern: input.pattern }, registry.slug);
    const principal = await resolvePrincipal(tx, ctx, input.principal);
    const row = await createGrantIn(tx, ctx, {
      principal,
      registry,
      pattern: input.pattern,
      actions: input.actions,
      reason: input.reason,
      expiresAt: readExpiry(ctx, input.expiresAt),
      source: "console",
    });
    return showGrant(ctx, row);
  });
}

export interface GrantToCreate {
  principal: ResolvedPrincipal;
  registry: { id: number; slug: string };
  pattern: string | null;
  actions: CreateGrantBody["actions"];
  reason: string;
  expiresAt: Date | null;
  source: NewGrant["source"];
  replacesId?: string;
}

/** Within the transaction of a larger change; the lock of access is held and the reach was checked. */
export async function createGrantIn(tx: Tx, ctx: Context, grant: GrantToCreate): Promise<GrantRow> {
  const row = await insertGrant(tx, {
    principalId: grant.principal.id,
    registryId: grant.registry.id,
    pattern: grant.pattern,
    actions: requireActions(grant.principal.id, grant.pattern, grant.actions),
    reason: grant.reason,
    expiresAt: grant.expiresAt,
    createdAt: ctx.now,
    createdBy: ctx.principal.name,
    source: grant.source,
    replacesId: grant.replacesId ?? null,
  });
  await recordAudit(tx, ctx, { action: "grant.create", ...placeOf(row), after: summarise(row) });
  return row;
}

export async function changeGrant(ctx: Context, id: string, change: ChangeGrantBody): Promise<AccessGrant> {
  authorizeSomewhere(ctx, "access.write");
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const row = await openWritable(tx, ctx, id);
    const { registryId, registry } = row;
    if (change.pattern !== undefined)
      authorizeReach(ctx, "access.write", { registryId, pattern: change.pattern }, registry.slug);
    return showGrant(ctx, await changeGrantIn(tx, ctx, row, change));
  });
}

/** As createGrantIn. */
export async function changeGrantIn(
  tx: Tx,
  ctx: Context,
  row: GrantRow,
  change: ChangeGrantBody,
): Promise<GrantRow> {
  if (row.revokedAt) throw new ConflictError("This grant was revoked. Restore it, or write a new one.");
  if (row.pattern === null && (change.pattern !== undefined || change.actions !== undefined))
    throw new InvalidError(
      change.pattern === undefined ? "actions" : "pattern",
      "The grant of the catalogue is about the whole registry. Revoke it and write another grant.",
    );
  const pattern = change.pattern ?? row.pattern;
  const changed = await updateGrant(tx, row.id, {
    pattern: change.pattern,
    actions: requireActions(
      row.principalId,
      pattern,
      change.actions ?? (row.actions as AccessGrant["actions"]),
    ),
    reason: change.reason,
    expiresAt: change.expiresAt === undefined ? undefined : readExpiry(ctx, change.expiresAt),
    updatedAt: ctx.now,
  });
  await recordAudit(tx, ctx, {
    action: "grant.change",
    ...placeOf(changed),
    before: summarise(row),
    after: summarise(changed),
  });
  return changed;
}

export async function revokeGrant(ctx: Context, id: string): Promise<void> {
  authorizeSomewhere(ctx, "access.write");
  await db().$transaction(async (tx) => {
    await lockAccess(tx);
    const row = await openWritable(tx, ctx, id);
    if (!row.revokedAt) await revokeGrantIn(tx, ctx, row);
  });
}

/** As createGrantIn. */
export async function revokeGrantIn(tx: Tx, ctx: Context, row: GrantRow): Promise<void> {
  await updateGrant(tx, row.id, { revokedAt: ctx.now, revokedBy: ctx.principal.name, updatedAt: ctx.now });
  await recordAudit(tx, ctx, { action: "grant.revoke", ...placeOf(row), before: summarise(row) });
}

/** Undoes a revocation; what a suggestion put in its place goes. */
export async function restoreGrant(ctx: Context, id: string): Promise<AccessGrant> {
  authorizeSomewhere(ctx, "access.write");
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const row = await openWritable(tx, ctx, id);
    if (!row.revokedAt) throw new ConflictError("This grant is not revoked.");
    if (row.principal.deletedAt)
      throw new ConflictError(
        `${formatPrincipalReference(row.principal)} was deleted, and its grants with it.`,
      );
    for (const replacement of await listReplacements(tx, id)) await revokeGrantIn(tx, ctx, replacement);
    const restored = await updateGrant(tx, id, { revokedAt: null, revokedBy: null, updatedAt: ctx.now });
    await recordAudit(tx, ctx, { action: "grant.restore", ...placeOf(row), after: summarise(restored) });
    return showGrant(ctx, restored);
  });
}

/** A grant that the caller sees something of. */
async function openGrant(tx: Tx, ctx: Context, id: string): Promise<GrantRow> {
  authorizeSomewhere(ctx, "access.read");
  const row = await findGrant(tx, id);
  if (!row || !scopeShows(evaluateScope(ctx.principal, "access.read"), row))
    throw new NotFoundError("There is no such grant, or you may not see it.");
  return row;
}

async function openWritable(tx: Tx, ctx: Context, id: string): Promise<GrantRow> {
  const row = await openGrant(tx, ctx, id);
  authorizeReach(ctx, "access.write", row, row.registry.slug);
  return row;
}

/** The registry, for callers who may know that it exists. */
export async function openGrantRegistry(tx: Tx, ctx: Context, slug: string): Promise<GrantRegistryRow> {
  const registry = await findGrantRegistry(tx, slug);
  if (!registry || !canSeeRegistry(ctx.principal, registry.id)) throw missingRegistry(slug);
  return registry;
}

export function readExpiry(ctx: Context, text: string | null): Date | null {
  if (text === null) return null;
  const expiresAt = new Date(text);
  if (expiresAt <= ctx.now) throw new InvalidError("expiresAt", "This time has passed.");
  return expiresAt;
}

export function requireActions(
  principalId: string,
  pattern: string | null,
  actions: AccessGrant["actions"],
): AccessGrant["actions"] {
  const normal = normaliseActions(principalId, pattern, actions);
  if (!normal.ok) throw new InvalidError(normal.field, normal.message);
  return normal.actions;
}

function placeOf(row: GrantRow) {
  const isExact = row.pattern !== null && parsePattern(row.pattern)?.kind === "exact";
  return {
    target: `${formatPrincipalReference(row.principal)} in ${row.registry.slug}/${row.pattern ?? ""}`,
    registryId: row.registryId,
    repository: isExact ? (row.pattern ?? undefined) : undefined,
  };
}

function summarise(row: GrantRow) {
  return {
    principal: formatPrincipalReference(row.principal),
    registry: row.registry.slug,
    pattern: row.pattern,
    actions: row.actions,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    reason: row.reason,
    source: row.source,
  };
}

export function showGrant(ctx: Context, row: GrantRow): AccessGrant {
  const { id, kind, name } = row.principal;
  return {
    id: row.id,
    principal: { id, kind: kind as PrincipalKind, name },
    registry: row.registry.slug,
    pattern: row.pattern,
    actions: row.actions as AccessGrant["actions"],
    reason: row.reason,
    state: row.revokedAt ? "revoked" : row.expiresAt && row.expiresAt <= ctx.now ? "expired" : "live",
    expiresAt: row.expiresAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    updatedAt: row.updatedAt.toISOString(),
    source: row.source,
    lastUsedAt: row.use?.lastUsedAt.toISOString() ?? null,
    useCount: Number(row.use?.useCount ?? 0n),
    allowed: { change: scopeContains(evaluateScope(ctx.principal, "access.write"), row) },
  };
}
